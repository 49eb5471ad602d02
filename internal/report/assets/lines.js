// Lines over time: rates, CVs, synchrony.

// A curve is {label, color, n, t(k), v(k), step, half}: step draws each value over
// t - half to t + half.

// linePlot shows curves() of the span in view.
function linePlot(host, height, o) {
  let shown = [];
  const paint = (ctx, p, box) => {
    shown = o.curves(box);
    const [low, high] = range(shown, o.zero);
    yAxis(ctx, p, box, low, high);
    const toY = v => box.y + box.h * (1 - (v - low) / (high - low));
    ctx.save();
    ctx.beginPath();
    ctx.rect(box.x, box.y - 2, box.w, box.h + 4);
    ctx.clip();
    const thin = shown.length > 10 ? 1 : 1.4;
    for (const c of shown) trace(ctx, box, c, toY, thin);
    ctx.restore();
    time.axis(ctx, p, box);
    if (box.wide) labels(ctx, box, shown, toY);
    if (o.empty && !shown.some(c => c.n)) note(ctx, box, o.empty);
  };
  const says = t => {
    const parts = [];
    let lead = timeText(t);
    for (const c of shown) {
      const k = nearest(c, t);
      if (k < 0) continue;
      const v = c.v(k);
      if (v === null || v === undefined || !isFinite(v)) continue;
      if (c.half) lead = spanText(Math.max(c.t(k) - c.half, 0), c.t(k) + c.half);
      if (parts.length < 8) parts.push([c.label, number(v, 4) + (o.unit ? ' ' + o.unit : ''), c.color]);
    }
    readout(q.read, lead, parts);
  };
  const q = timePlot(host, height, {top: 10, bottom: 26}, paint, says);
  return q;
}

function note(ctx, box, text) {
  ctx.font = look.font;
  ctx.fillStyle = look.muted;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  ctx.fillText(text, box.x + box.w / 2, box.y + box.h / 2);
}

// view is the indices of a curve's values in view, and one beyond at each side.
function view(c) {
  return [Math.max(0, lower(c.n, c.t, time.from - (c.half || 0)) - 1), Math.min(c.n, lower(c.n, c.t, time.to + (c.half || 0)) + 1)];
}

function nearest(c, t) {
  if (!c.n) return -1;
  let k = lower(c.n, c.t, t);
  if (k > 0 && (k === c.n || t - c.t(k - 1) < c.t(k) - t)) k--;
  return c.half && Math.abs(c.t(k) - t) > c.half * 1.001 ? -1 : k;
}

// range is the values in view with a little room.
function range(curves, zero) {
  let low = Infinity, high = -Infinity;
  for (const c of curves) {
    const [a, b] = view(c);
    for (let k = a; k < b; k++) {
      const v = c.v(k);
      if (v === null || !isFinite(v)) continue;
      low = Math.min(low, v);
      high = Math.max(high, v);
    }
  }
  if (low > high) return [0, 1];
  if (zero) { low = Math.min(low, 0); high = Math.max(high, 0); }
  if (low === high) { low -= zero && low === 0 ? 0 : Math.abs(low) * 0.1 || 0.5; high += Math.abs(high) * 0.1 || 1; }
  const room = (high - low) * 0.07;
  return [zero && low === 0 ? 0 : low - room, high + room];
}

function trace(ctx, box, c, toY, width) {
  const [a, b] = view(c);
  if (b - a > 3 * box.w && !c.step) { column(ctx, box, c, a, b, toY, width); return; }
  ctx.strokeStyle = ctx.fillStyle = color(c.color);
  ctx.lineWidth = width;
  ctx.beginPath();
  let pen = false;
  for (let k = a; k < b; k++) {
    const v = c.v(k);
    if (v === null || !isFinite(v)) { pen = false; continue; }
    const y = toY(v);
    if (c.step) {
      const x0 = time.toX(box, Math.max(c.t(k) - c.half, 0)), x1 = time.toX(box, Math.min(c.t(k) + c.half, time.end));
      if (pen) ctx.lineTo(x0, y); else ctx.moveTo(x0, y);
      ctx.lineTo(x1, y);
      pen = true;
      continue;
    }
    const x = time.toX(box, c.t(k));
    if (pen) {
      ctx.lineTo(x, y);
    } else {
      const next = k + 1 < c.n ? c.v(k + 1) : null;
      if (next === null || !isFinite(next)) { ctx.moveTo(x + 2, y); ctx.arc(x, y, 2, 0, 2 * Math.PI); }
      ctx.moveTo(x, y);
      pen = true;
    }
  }
  ctx.stroke();
}

// column draws more points than the screen has: the least to the greatest value of
// each pixel's width.
function column(ctx, box, c, a, b, toY, width) {
  ctx.strokeStyle = color(c.color);
  ctx.lineWidth = Math.min(width, 1);
  ctx.beginPath();
  let at = -1, low = Infinity, high = -Infinity, last = null;
  const flush = () => {
    if (low > high) return;
    ctx.moveTo(at + 0.5, toY(low) + 0.5);
    ctx.lineTo(at + 0.5, toY(high) - 0.5);
  };
  for (let k = a; k < b; k++) {
    const v = c.v(k), x = Math.floor(time.toX(box, c.t(k)));
    if (x !== at) {
      flush();
      // A column starts where the one before it ended.
      [low, high] = x === at + 1 && last !== null ? [last, last] : [Infinity, -Infinity];
      at = x;
    }
    last = v;
    if (v === null || !isFinite(v)) continue;
    low = Math.min(low, v);
    high = Math.max(high, v);
  }
  flush();
  ctx.stroke();
}

// thinned averages a curve so that a point is at least 2.5 pixels wide.
function thinned(c, box) {
  const [a, b] = view(c), each = niceMultiple(Math.ceil((b - a) / (box.w / 2.5)));
  if (each < 2) return c;
  const times = [], values = [];
  for (let k = Math.floor(a / each) * each; k < b; k += each) {
    let sum = 0, n = 0;
    const end = Math.min(k + each, c.n);
    if (end - k < each / 2 && k > 0) break; // too short to compare
    for (let j = k; j < end; j++) {
      const v = c.v(j);
      if (v !== null && isFinite(v)) { sum += v; n++; }
    }
    times.push((c.t(k) + c.t(end - 1)) / 2);
    values.push(n ? sum / n : null);
  }
  const half = times.length > 1 ? (times[1] - times[0]) / 2 : 0;
  return {label: c.label, color: c.color, n: values.length, t: k => times[k], v: k => values[k], half};
}

// labels name the curves at the right, at the height of their last value in view.
function labels(ctx, box, curves, toY) {
  const named = [];
  for (const c of curves) {
    const [a, b] = view(c);
    let sum = 0, n = 0;
    for (let k = b - 1; k >= a && n < 8; k--) {
      const v = c.v(k);
      if (v !== null && isFinite(v)) { sum += v; n++; }
    }
    if (n) named.push([c, clamp(toY(sum / n), box.y, box.y + box.h)]);
  }
  if (named.length * 13 > box.h + 20) return;
  const heights = spread(named.map(x => x[1]), 14, box.y + 4, box.y + box.h - 4);
  ctx.font = look.bold;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  named.forEach(([c], k) => {
    ctx.fillStyle = color(c.color);
    ctx.fillText(shorten(ctx, c.label, 108), box.x + box.w + 10, heights[k]);
  });
}

const plain = width => width < 620 ? 150 : 170;

function ratePlot(host, binNote) {
  const r = data.rates, n = r.counts.length ? r.counts[0].length : 0;
  linePlot(host, plain, {zero: true, unit: 'Hz', curves: box => {
    // Bins as fine as the screen shows and the spikes bear: about 20 a bin in the
    // median population.
    const from = Math.max(0, Math.floor(time.from / r.bin)), to = Math.min(n, Math.ceil(time.to / r.bin));
    const totals = [];
    r.counts.forEach((counts, g) => {
      if (!data.populations[g].recorded || time.hidden.has(g)) return;
      let sum = 0;
      for (let k = from; k < to; k++) sum += counts[k];
      if (sum) totals.push(sum);
    });
    totals.sort((a, b) => a - b);
    const typical = totals.length ? totals[totals.length >> 1] : 0;
    const span = to - from;
    const most = clamp(typical / 20, 24, box.w / 2.5);
    const each = niceMultiple(Math.max(1, span / most));
    const width = each * r.bin;
    binNote.textContent = 'Hz per neuron, in bins of ' + (width < 1000 ? +width.toPrecision(6) + ' ms' : +(width / 1000).toPrecision(6) + ' s');
    const out = [];
    r.counts.forEach((counts, g) => {
      const group = data.populations[g];
      if (!group.recorded || time.hidden.has(g)) return;
      const values = [], times = [];
      for (let k = Math.floor(from / each) * each; k < to; k += each) {
        const end = Math.min(k + each, n), endMs = Math.min(end * r.bin, Math.max(time.end, (n - 1) * r.bin + data.dt));
        let sum = 0, exposed = 0;
        for (let j = k; j < end; j++) {
          sum += counts[j];
          const ms = Math.min((j + 1) * r.bin, endMs) - j * r.bin;
          exposed += ms * (r.neurons[g] ? r.neurons[g][j] : group.recorded);
        }
        // A last bin that is short would be all noise: leave it out.
        if (endMs - k * r.bin < width * 0.5 && k > 0) continue;
        times.push((k * r.bin + endMs) / 2);
        values.push(exposed > 0 ? sum / exposed * 1000 : null);
      }
      out.push({label: group.name, color: g, n: values.length, t: k => times[k], v: k => values[k], half: width / 2});
    });
    return out;
  }});
}

// niceMultiple is 1, 2, 5, 10, ... not below x.
function niceMultiple(x) {
  const base = Math.pow(10, Math.floor(Math.log10(x) + 1e-9));
  return Math.max(1, [1, 2, 5, 10].map(f => f * base).find(v => v >= x * 0.999));
}

function variationPlot(host) {
  const c = data.cv;
  linePlot(host, w => plain(w) - 30, {zero: true, empty: 'no neuron fired three times in a window', curves: () =>
    data.populations.map((g, k) => ({
      label: g.name, color: k, n: c.values[k] ? c.values[k].length : 0, step: true, half: c.window / 2,
      t: j => (j + 0.5) * c.window, v: j => c.values[k][j],
    })).filter((_, k) => data.populations[k].recorded && !time.hidden.has(k))});
}

const timeOf = s => s.t ? k => s.t[k] : k => s.t0 + k * s.step;

function synchronyPlot(host, buttons, words) {
  const s = data.synchrony, names = data.populations.map(g => g.name);
  let measure = s.measures[0];
  let extra = names.length;
  const colors = new Map(s.scopes.map(scope => [scope, names.includes(scope) ? names.indexOf(scope) : extra++]));
  const q = linePlot(host, plain, {zero: true, curves: box =>
    s.series.filter(one => one.measure === measure && !time.hidden.has(colors.get(one.scope)))
      .map(one => ({label: one.scope, color: colors.get(one.scope), n: one.v.length, t: timeOf(one), v: k => one.v[k]}))
      .map(c => thinned(c, box))});
  choice(buttons, s.measures.map(m => m.replace(/^kappa$/, 'κ').replace(/^chi/, 'χ').replace(/_/g, ' ')), 0, k => {
    measure = s.measures[k];
    tell();
    redraw([q.panel]);
  });
  const tell = () => { words.textContent = (s.words || {})[measure] || ''; };
  tell();
}
