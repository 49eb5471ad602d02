// Distributions, weights, and the blocks of a protocol.

const visible = g => !time.hidden.has(g);
const distributionHeight = 210;

// distribution draws one outline for each group: {g, edges, heights, counts, total}.
function distribution(host, all, o) {
  const shown = () => all.filter(d => visible(d.g));
  chart(host, distributionHeight, {
    log: o.log, unit: o.unit, left: 12, format: () => '',
    x: () => o.x,
    y: () => [0, 1.06],
    paint: (ctx, p, box, toX, toY) => {
      const many = shown().length > 4;
      for (const d of shown()) {
        ctx.fillStyle = ctx.strokeStyle = color(d.g);
        ctx.globalAlpha = many ? 0 : 0.12;
        stairs(ctx, d.edges, d.heights, toX, toY, true);
        ctx.globalAlpha = 1;
        ctx.lineWidth = many ? 1 : 1.4;
        stairs(ctx, d.edges, d.heights, toX, toY, false);
      }
    },
    says: (value, read) => {
      const parts = [];
      let lead = '';
      for (const d of shown()) {
        const k = binOf(d.edges, value);
        if (k < 0 || parts.length > 5) continue;
        lead = o.between(d.edges[k], d.edges[k + 1]);
        parts.push([data.populations[d.g].name, `${whole(d.counts[k])} (${number(100 * d.counts[k] / d.total, 3)} %)`, d.g]);
      }
      readout(read, lead, parts);
    },
  });
}

// scaled makes the greatest height 1, so that one neuron and ten thousand can be
// compared by shape; the read-out has the numbers.
function scaled(heights) {
  const most = Math.max(1e-12, ...heights);
  return heights.map(h => h / most);
}

const sum = counts => counts.reduce((a, b) => a + b, 0);

function intervalChart(host) {
  const s = data.isi, all = [];
  s.counts.forEach((counts, g) => {
    const total = sum(counts);
    if (!total) return;
    // Few intervals need wider bins.
    const each = total < 300 ? 4 : total < 3000 ? 2 : 1;
    const edges = [], merged = [];
    for (let k = 0; k < counts.length; k += each) {
      edges.push(s.edges[k]);
      merged.push(sum(counts.slice(k, k + each)));
    }
    edges.push(s.edges[s.edges.length - 1]);
    all.push({g, edges, heights: scaled(merged.map((n, k) => n / Math.log10(edges[k + 1] / edges[k]))), counts: merged, total});
  });
  let low = s.edges[0], high = s.edges[s.edges.length - 1];
  if (Math.log10(high / low) < 0.6) { low /= 1.6; high *= 1.6; }
  distribution(host, all, {
    log: true, x: [low, high], unit: 'ms',
    between: (a, b) => `${number(a, 3)} – ${number(b, 3)} ms`,
  });
}

function firingChart(host) {
  const all = [];
  let high = 0;
  data.firing.groups.forEach((f, g) => {
    if (!f.counts) return;
    const total = sum(f.counts), edges = f.counts.map((_, k) => k * f.width).concat(f.counts.length * f.width);
    high = Math.max(high, edges[edges.length - 1]);
    all.push({g, edges, heights: scaled(f.counts), counts: f.counts, total});
  });
  if (!all.length) { host.closest('.panel').hidden = true; return; }
  distribution(host, all, {
    x: [0, high * 1.04], unit: 'Hz',
    between: (a, b) => `${number(a, 3)} – ${number(b, 3)} Hz`,
  });
}

// weightCharts are small multiples, one a plastic projection.
function weightCharts(host) {
  data.weights.forEach((h, k) => {
    const box = make('div', 'panel'), head = make('div', 'panelhead'), read = make('p', 'read');
    head.append(make('h3', '', h.projection));
    head.append(read);
    const plot = make('div', 'plot');
    plot.tabIndex = 0;
    plot.setAttribute('role', 'group');
    plot.setAttribute('aria-label', 'Weights of ' + h.projection + ' before and after the run');
    box.append(head, plot);
    host.append(box);
    const before = h.before || [], most = Math.max(1, ...before, ...h.after);
    const mean = counts => sum(counts.map((n, j) => n * (h.edges[j] + h.edges[j + 1]) / 2)) / Math.max(sum(counts), 1);
    chart(plot, 170, {
      read, x: () => [h.edges[0], h.edges[h.edges.length - 1]], y: () => [0, most * 1.06], format: v => short(v), unit: h.unit,
      paint: (ctx, p, area, toX, toY) => {
        if (before.length) {
          ctx.fillStyle = look.rule;
          stairs(ctx, h.edges, before, toX, toY, true);
        }
        ctx.fillStyle = ctx.strokeStyle = color(k);
        ctx.globalAlpha = 0.16;
        stairs(ctx, h.edges, h.after, toX, toY, true);
        ctx.globalAlpha = 1;
        ctx.lineWidth = 1.4;
        stairs(ctx, h.edges, h.after, toX, toY, false);
      },
      over: (ctx, p, area, toX) => {
        // Means as ticks above the frame.
        for (const [counts, hue] of [[before, look.muted], [h.after, color(k)]]) {
          if (!counts.length || !sum(counts)) continue;
          const x = toX(mean(counts));
          ctx.fillStyle = hue;
          ctx.beginPath();
          ctx.moveTo(x, area.y);
          ctx.lineTo(x - 4, area.y - 7);
          ctx.lineTo(x + 4, area.y - 7);
          ctx.fill();
        }
      },
      says: (value, out) => {
        const j = binOf(h.edges, value);
        if (j < 0) return;
        const parts = before.length ? [['before', whole(before[j]), null]] : [];
        readout(out, `${number(h.edges[j], 3)} – ${number(h.edges[j + 1], 3)}`, parts.concat([['after', whole(h.after[j]), k]]));
      },
    });
  });
}

// short writes a count on an axis: 20 k.
function short(n) {
  if (n >= 1e9) return +(n / 1e9).toPrecision(3) + ' G';
  if (n >= 1e6) return +(n / 1e6).toPrecision(3) + ' M';
  if (n >= 1e4) return +(n / 1e3).toPrecision(3) + ' k';
  return n.toLocaleString('en-US', {maximumFractionDigits: 2});
}

// phaseCharts show the blocks of all phases end to end.
function phaseCharts() {
  const blocks = [], spans = [];
  let trial = 0;
  data.phases.forEach((f, k) => {
    const start = trial;
    for (const b of f.blocks || []) {
      blocks.push({phase: k, from: trial, to: trial + b.trials, block: b});
      trial += b.trials;
    }
    if (!(f.blocks || []).length) {
      blocks.push({phase: k, from: trial, to: trial + f.trials, block: {trials: f.trials, accuracy: f.accuracy, mean_spikes: f.mean_spikes, repeats: f.repeats}});
      trial += f.trials;
    }
    spans.push({f, from: start, to: trial});
  });
  if (!trial) return;
  byId('figure-phases').hidden = false;
  phaseChart('accuracy', 0, b => b.accuracy === null || b.accuracy === undefined ? null : 100 * b.accuracy, v => fixed(v, 1) + ' %', v => fixed(v, 0) + ' %');
  phaseChart('spikes', 2, b => b.mean_spikes, v => number(v, 3), null);

  function phaseChart(name, hue, of, say, format) {
    const values = blocks.map(b => of(b.block));
    const known = values.filter(v => v !== null && v !== undefined);
    if (!known.length) return;
    byId('panel-' + name).hidden = false;
    const most = Math.max(...known);
    chart(byId('chart-' + name), 190, {
      x: () => [0, trial], y: () => [0, name === 'accuracy' ? 100 : most > 0 ? most * 1.08 : 1], format,
      under: (ctx, p, box, toX) => {
        for (const s of spans) {
          if (!s.f.plasticity) continue;
          ctx.fillStyle = look.tint;
          ctx.fillRect(toX(s.from), box.y, toX(s.to) - toX(s.from), box.h);
        }
      },
      paint: (ctx, p, box, toX, toY) => {
        ctx.strokeStyle = ctx.fillStyle = color(hue);
        ctx.lineWidth = 1.4;
        spans.forEach((s, k) => {
          ctx.beginPath();
          let pen = false;
          blocks.forEach((b, j) => {
            if (b.phase !== k || values[j] === null || values[j] === undefined) return;
            const x = toX((b.from + b.to) / 2), y = toY(values[j]);
            if (pen) ctx.lineTo(x, y); else ctx.moveTo(x, y);
            pen = true;
          });
          ctx.stroke();
        });
        const radius = clamp(box.w / blocks.length / 5, 1, 2.6);
        blocks.forEach((b, j) => {
          if (values[j] === null || values[j] === undefined) return;
          ctx.beginPath();
          ctx.arc(toX((b.from + b.to) / 2), toY(values[j]), radius, 0, 2 * Math.PI);
          ctx.fill();
        });
      },
      over: (ctx, p, box, toX) => {
        ctx.font = look.small;
        ctx.textBaseline = 'top';
        ctx.textAlign = 'left';
        spans.forEach((s, k) => {
          const x = toX(s.from);
          if (k) {
            ctx.strokeStyle = look.rule;
            ctx.lineWidth = 1;
            ctx.beginPath();
            ctx.moveTo(crisp(p, x), box.y);
            ctx.lineTo(crisp(p, x), box.y + box.h);
            ctx.stroke();
          }
          const room = toX(s.to) - x - 8;
          ctx.fillStyle = look.muted;
          if (room > 24) ctx.fillText(shorten(ctx, s.f.name, room), x + 5, box.y + 2);
        });
      },
      says: (value, read) => {
        const j = blocks.findIndex(b => value >= b.from && value <= b.to);
        if (j < 0) return;
        const b = blocks[j], s = spans[b.phase], v = values[j];
        const parts = [[v === null || v === undefined ? 'nothing decided' : say(v), '', hue]];
        if (b.block.repeats) parts.push([whole(b.block.repeats), 'repeats', null]);
        readout(read, `${s.f.name}, trials ${whole(b.from - s.from)} – ${whole(b.to - s.from - 1)}`, parts);
      },
    });
  }
}
