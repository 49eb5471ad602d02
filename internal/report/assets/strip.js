// The strip above the plots: the rate of the whole run, and a window on it that is
// dragged to move, at its edges to zoom.

function strip(host) {
  const r = data.rates, n = r.counts[0] ? r.counts[0].length : 0;
  const neurons = data.populations.map((g, k) => g.input ? 0 : g.recorded);
  const useInputs = neurons.every(x => !x);
  const sums = new Float64Array(n);
  r.counts.forEach((counts, k) => { if (neurons[k] || useInputs) counts.forEach((c, j) => { sums[j] += c; }); });
  let box = null;
  const toX = t => box.x + box.w * t / time.end;
  const toT = x => clamp((x - box.x) / box.w, 0, 1) * time.end;

  const p = panel(host, 46, (ctx, p) => {
    const m = margins(p.width);
    box = {x: m.left, y: 4, w: Math.max(p.width - m.left - m.right, 20), h: 34};
    const columns = Math.max(1, Math.min(n, Math.floor(box.w / 2)));
    const heights = new Float64Array(columns), bins = new Float64Array(columns);
    for (let k = 0; k < n; k++) { const c = Math.floor(k * columns / n); heights[c] += sums[k]; bins[c]++; }
    let most = 0;
    for (let c = 0; c < columns; c++) { heights[c] /= Math.max(bins[c], 1); most = Math.max(most, heights[c]); }
    const area = new Path2D();
    area.moveTo(box.x, box.y + box.h);
    for (let c = 0; c < columns; c++) {
      const y = box.y + box.h - (most ? heights[c] / most : 0) * (box.h - 3);
      area.lineTo(box.x + box.w * c / columns, y);
      area.lineTo(box.x + box.w * (c + 1) / columns, y);
    }
    area.lineTo(box.x + box.w, box.y + box.h);
    ctx.fillStyle = look.rule;
    ctx.fill(area);
    const from = toX(time.from), to = Math.max(toX(time.to), toX(time.from) + 3);
    ctx.save();
    ctx.beginPath();
    ctx.rect(from, box.y, to - from, box.h);
    ctx.clip();
    ctx.fillStyle = look.accent;
    ctx.globalAlpha = 0.55;
    ctx.fill(area);
    ctx.restore();
    ctx.strokeStyle = look.accent;
    ctx.lineWidth = 1;
    ctx.strokeRect(crisp(p, from), crisp(p, box.y), Math.max(to - from - 1 / p.scale, 1), box.h);
    ctx.fillStyle = look.accent;
    for (const x of [from, to]) {
      ctx.fillRect(x - 2, box.y + box.h / 2 - 8, 4, 16);
    }
  });
  const q = {host, panel: p, cross: make('div'), read: null, get box() { return box; }};
  time.plots.push(q);
  keys(q);

  let held = null;
  const x = e => e.clientX - host.getBoundingClientRect().left;
  host.addEventListener('pointerdown', e => {
    if (e.pointerType === 'mouse' && e.button !== 0 || !box) return;
    const at = x(e), from = toX(time.from), to = toX(time.to), reach = e.pointerType === 'mouse' ? 7 : 16;
    const whole = time.to - time.from >= time.end * 0.9999;
    if (Math.abs(at - from) < reach && !(Math.abs(at - to) < Math.abs(at - from))) held = {what: 'from'};
    else if (Math.abs(at - to) < reach) held = {what: 'to'};
    else if (at > from && at < to && !whole) held = {what: 'window', t: toT(at), from: time.from, to: time.to};
    else held = {what: 'new', t: toT(at), x: at};
    try { host.setPointerCapture(e.pointerId); } catch { /* the pointer has gone */ }
  });
  host.addEventListener('pointermove', e => {
    if (!box) return;
    const at = x(e), t = toT(at);
    if (!held) {
      const edge = Math.min(Math.abs(at - toX(time.from)), Math.abs(at - toX(time.to))) < 7;
      host.style.cursor = edge ? 'ew-resize' : at > toX(time.from) && at < toX(time.to) && time.to - time.from < time.end * 0.9999 ? 'grab' : 'crosshair';
      return;
    }
    if (held.what === 'from') time.set(Math.min(t, time.to - time.least), time.to);
    else if (held.what === 'to') time.set(time.from, Math.max(t, time.from + time.least));
    else if (held.what === 'window') time.set(held.from + t - held.t, held.to + t - held.t);
    else if (Math.abs(at - held.x) > 4) time.set(Math.min(t, held.t), Math.max(t, held.t));
  });
  const up = e => {
    if (held && held.what === 'new' && e.type === 'pointerup' && Math.abs(x(e) - held.x) <= 4) {
      const half = (time.to - time.from) / 2;
      time.set(held.t - half, held.t + half);
    }
    held = null;
  };
  host.addEventListener('pointerup', up);
  host.addEventListener('pointercancel', up);
  host.addEventListener('dblclick', () => acts.all());
}
