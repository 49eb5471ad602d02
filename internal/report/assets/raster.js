// The raster: decoded once, drawn pixel by pixel, so that a quarter of a million
// spikes move smoothly.

// decode reads pairs of varints: ticks since the spike before, and the row.
function decode(r) {
  const bytes = unbase64(r.spikes);
  const ms = new Float64Array(r.shown), rows = new Uint32Array(r.shown);
  let at = 0, tick = 0;
  const varint = () => {
    let value = 0, factor = 1, b;
    do { b = bytes[at++]; value += (b & 127) * factor; factor *= 128; } while (b & 128);
    return value;
  };
  for (let k = 0; k < r.shown; k++) {
    tick += varint();
    ms[k] = Math.round(tick * data.dt * 1e6) / 1e6;
    rows[k] = varint();
  }
  return {ms, rows};
}

function raster(host, buttons) {
  const r = data.raster, {ms, rows} = decode(r);
  const first = [];
  let total = 0;
  for (const n of r.rows) { first.push(total); total += n; }
  const groupOf = new Uint16Array(total);
  r.rows.forEach((n, g) => groupOf.fill(g, first[g], first[g] + n));

  // gid is the neuron of row k of group g.
  const gid = (g, k) => {
    const group = data.populations[g];
    let index = Math.ceil(k * group.recorded / r.rows[g] - 1e-9);
    for (const [from, end] of group.ranges) {
      if (index < end - from) return from + index;
      index -= end - from;
    }
    return null;
  };

  // lay gives each drawn row its height: bands of groups, evenly spaced rows of each.
  const heightOf = width => Math.min(width < 620 ? 320 : 400, 60 + 14 * total);
  let wanted = 0, layout = null;
  const lay = p => {
    const top = 6, bottom = 26, gap = 5, height = p.height - top - bottom;
    const groups = r.rows.map((n, g) => g).filter(g => r.rows[g] > 0 && !time.hidden.has(g));
    const available = groups.reduce((sum, g) => sum + r.rows[g], 0);
    const aim = wanted === 0 ? Math.floor(height / 2.4) : wanted === 1 ? height * 2 : Infinity;
    const share = Math.min(1, aim / available);
    const least = Math.min(8, Math.max(1, Math.floor(aim / Math.max(groups.length, 1) / 2)));
    const drawn = r.rows.map((n, g) => groups.includes(g) ? Math.min(n, Math.max(Math.round(n * share), least)) : 0);
    const sum = drawn.reduce((a, b) => a + b, 0);
    const pitch = (height - gap * (groups.length - 1)) / Math.max(sum, 1);
    const y = new Float32Array(total).fill(-1);
    const bands = [];
    let at = top;
    for (const g of groups) {
      bands.push({g, y: at, h: drawn[g] * pitch, drawn: drawn[g]});
      for (let d = 0; d < drawn[g]; d++) {
        const k = Math.ceil(d * r.rows[g] / drawn[g] - 1e-9);
        if (k < r.rows[g]) y[first[g] + k] = at + (d + 0.5) * pitch;
      }
      at += drawn[g] * pitch + gap;
    }
    layout = {y, bands, pitch, width: p.width, height: p.height, top, bottom};
  };
  time.relaid = () => { layout = null; };

  let image = null, counts = null;
  const sheet = make('canvas');
  const paint = (ctx, p, box) => {
    if (!layout || layout.width !== p.width || layout.height !== p.height) lay(p);
    const w = Math.round(box.w * p.scale), h = Math.round(box.h * p.scale);
    if (!image || image.width !== w || image.height !== h) {
      sheet.width = w;
      sheet.height = h;
      image = ctx.createImageData(w, h);
      counts = new Uint8Array(w * h);
    }
    counts.fill(0);
    const from = lower(ms.length, k => ms[k], time.from), to = lower(ms.length, k => ms[k], time.to + 1e-9);
    const perMs = w / (time.to - time.from), drawnRows = layout.bands.reduce((n, b) => n + b.drawn, 0);
    const shown = (to - from) * Math.min(1, drawnRows / total);
    const markH = clamp(Math.round(layout.pitch * 0.72 * p.scale), 1, Math.round(14 * p.scale));
    const roomy = shown * markH < w * h / 10;
    const markW = Math.max(1, Math.round(p.scale * (roomy ? 1.6 : 1)));
    const rowY = layout.y, offset = box.y * p.scale;
    for (let k = from; k < to; k++) {
      const yc = rowY[rows[k]];
      if (yc < 0) continue;
      const x0 = clamp(Math.round((ms[k] - time.from) * perMs - markW / 2), 0, w - markW);
      const y0 = clamp(Math.round(yc * p.scale - offset - markH / 2), 0, h - markH);
      for (let y = y0; y < y0 + markH; y++) {
        for (let x = x0, i = y * w + x0; x < x0 + markW; x++, i++) if (counts[i] < 255) counts[i]++;
      }
    }
    // One spike in a pixel shows well where there are few, and faintly where there
    // are so many that only their density can be seen.
    const crowd = shown * markH * markW / (w * h);
    const one = clamp(crowd > 0.25 ? 0.25 / crowd + 0.12 : 1, 0.14, roomy ? 1 : 0.9);
    const out = new Uint32Array(image.data.buffer);
    out.fill(0);
    for (const band of layout.bands) {
      const [red, green, blue] = rgb(color(band.g)), shades = new Uint32Array(256);
      for (let n = 1; n < 256; n++) shades[n] = Math.round(255 * (1 - Math.pow(1 - one, n))) << 24 | blue << 16 | green << 8 | red;
      const y0 = clamp(Math.floor((band.y - box.y - 2) * p.scale), 0, h), y1 = clamp(Math.ceil((band.y + band.h - box.y + 2) * p.scale), 0, h);
      for (let i = y0 * w; i < y1 * w; i++) if (counts[i]) out[i] = shades[counts[i]];
    }
    sheet.getContext('2d').putImageData(image, 0, 0);
    ctx.drawImage(sheet, Math.round(box.x * p.scale) / p.scale, Math.round(box.y * p.scale) / p.scale, w / p.scale, h / p.scale);
    names(ctx, p, box);
    time.axis(ctx, p, box);
  };

  const names = (ctx, p, box) => {
    const centers = layout.bands.map(b => b.y + b.h / 2);
    const heights = spread(centers, 15, box.y + 6, box.y + box.h - 6);
    layout.bands.forEach((band, k) => {
      const group = data.populations[band.g];
      ctx.fillStyle = color(band.g);
      ctx.fillRect(box.x - 5, band.y, 2, Math.max(band.h, 1));
      ctx.textBaseline = 'middle';
      if (box.wide) {
        ctx.textAlign = 'left';
        ctx.font = look.bold;
        if (layout.bands.length * 14 < box.h) ctx.fillText(shorten(ctx, group.name, 104), box.x + box.w + 10, heights[k]);
      }
      if (band.h > 34 && layout.bands.length <= 12) {
        ctx.save();
        ctx.translate(box.x - 14, band.y + band.h / 2);
        ctx.rotate(-Math.PI / 2);
        ctx.textAlign = 'center';
        ctx.font = look.small;
        ctx.fillStyle = look.muted;
        const text = band.drawn < group.size ? whole(band.drawn) + ' of ' + whole(group.size) : whole(group.size);
        const long = text + (group.size === 1 ? ' neuron' : ' neurons');
        ctx.fillText(ctx.measureText(long).width < band.h ? long : shorten(ctx, text, band.h), 0, 0);
        ctx.restore();
      }
    });
  };

  // says names the spike nearest to the pointer, within reach of it.
  const says = (t, x, y) => {
    let best = null, least = 14 * 14;
    if (x !== null && x !== undefined && layout) {
      const reach = 14 / q.box.w * (time.to - time.from);
      const from = lower(ms.length, k => ms[k], t - reach), to = lower(ms.length, k => ms[k], t + reach);
      for (let k = from; k < to; k++) {
        const yc = layout.y[rows[k]];
        if (yc < 0) continue;
        const dx = time.toX(q.box, ms[k]) - x, dy = yc - y, d = dx * dx + dy * dy;
        if (d < least) { least = d; best = k; }
      }
    }
    if (best === null) {
      q.ring.hidden = true;
      readout(q.read, timeText(t), []);
      return;
    }
    const g = groupOf[rows[best]];
    q.ring.hidden = false;
    q.ring.style.transform = `translate(${time.toX(q.box, ms[best])}px, ${layout.y[rows[best]]}px)`;
    readout(q.read, '', [[data.populations[g].name, 'GID ' + gid(g, rows[best] - first[g]) + ' fired at ' + number(ms[best], 12).replace(/\.?0+$/, '') + ' ms', g]]);
  };

  const q = timePlot(host, heightOf, {top: 6, bottom: 26}, paint, says);
  q.ring = host.appendChild(make('div', 'ring'));
  q.ring.hidden = true;

  const few = Math.floor(360 / 2.4);
  if (total > few * 1.3) {
    const labels = ['some neurons', 'more', total > few * 6 ? 'all ' + whole(total) : ''].filter(Boolean);
    if (total <= few * 6) labels[1] = 'all ' + whole(total);
    choice(buttons, labels, 0, k => {
      wanted = k === labels.length - 1 ? 2 : k;
      layout = null;
      redraw([q.panel]);
    });
  }
}
