// Canvases that follow their element's width and the screen's pixels, and axes.

const panels = [];

// panel puts a canvas into host. paint(ctx, p) draws it in CSS pixels; height may be
// a function of the width.
function panel(host, height, paint) {
  const canvas = make('canvas');
  canvas.setAttribute('aria-hidden', 'true');
  host.prepend(canvas);
  const p = {host, canvas, width: 0, height: 0, scale: 1, paint, dirty: false};
  p.fit = () => {
    const width = host.clientWidth, tall = typeof height === 'function' ? height(width) : height;
    const scale = Math.min(window.devicePixelRatio || 1, 3);
    if (width === p.width && tall === p.height && scale === p.scale) return;
    Object.assign(p, {width, height: tall, scale});
    canvas.width = Math.max(1, Math.round(width * scale));
    canvas.height = Math.max(1, Math.round(tall * scale));
    canvas.style.height = tall + 'px';
  };
  p.draw = () => {
    p.dirty = false;
    p.fit();
    if (p.width < 40) return;
    const ctx = canvas.getContext('2d');
    ctx.setTransform(p.scale, 0, 0, p.scale, 0, 0);
    ctx.clearRect(0, 0, p.width, p.height);
    ctx.font = look.font;
    ctx.lineJoin = 'round';
    p.paint(ctx, p);
  };
  panels.push(p);
  return p;
}

// redraw draws panels again before the next frame.
let asked = false;
function redraw(which) {
  for (const p of which || panels) p.dirty = true;
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => {
    asked = false;
    for (const p of panels) if (p.dirty) p.draw();
  });
}

// ticks are round values between low and high, about `count` of them.
function ticks(low, high, count) {
  const raw = (high - low) / Math.max(count, 1);
  if (!(raw > 0) || !isFinite(raw)) return {values: [low], decimals: 0, step: 1};
  const base = Math.pow(10, Math.floor(Math.log10(raw)));
  const factor = [1, 2, 2.5, 5, 10].find(f => f * base >= raw * 0.999) || 10, step = factor * base;
  const decimals = clamp(-Math.floor(Math.log10(step) + 1e-9) + (factor === 2.5 ? 1 : 0), 0, 12);
  const values = [];
  for (let k = Math.ceil(low / step - 1e-9) + 0; k * step <= high + step * 1e-9; k++) values.push(k * step + 0);
  return {values, decimals, step};
}

// crisp is the middle of the device pixel nearest to x, so that thin lines are thin.
const crisp = (p, x) => (Math.floor(x * p.scale) + 0.5) / p.scale;

// yAxis draws light lines and numbers at the left of box.
function yAxis(ctx, p, box, low, high, format) {
  const t = ticks(low, high, clamp(Math.floor(box.h / 26), 2, 5));
  ctx.font = look.small;
  ctx.textAlign = 'right';
  ctx.textBaseline = 'middle';
  ctx.lineWidth = 1 / p.scale * Math.max(1, Math.round(p.scale));
  for (const v of t.values) {
    const y = box.y + box.h * (1 - (v - low) / (high - low));
    ctx.strokeStyle = Math.abs(v) < t.step * 1e-6 ? look.rule : look.faint;
    ctx.beginPath();
    ctx.moveTo(box.x, crisp(p, y));
    ctx.lineTo(box.x + box.w, crisp(p, y));
    ctx.stroke();
    ctx.fillStyle = look.muted;
    ctx.fillText(format ? format(v) : fixed(v, t.decimals), box.x - 7, y);
  }
}

// xAxis draws the line, ticks and numbers below box; marks are [value, text],
// the text may be empty; the last number that there is room for carries the unit.
function xAxis(ctx, p, box, marks, toX, unit) {
  const y = crisp(p, box.y + box.h);
  ctx.strokeStyle = look.muted;
  ctx.lineWidth = 1 / p.scale * Math.max(1, Math.round(p.scale));
  ctx.beginPath();
  ctx.moveTo(box.x, y);
  ctx.lineTo(box.x + box.w, y);
  for (const [v, text] of marks) {
    const x = crisp(p, toX(v));
    ctx.moveTo(x, y);
    ctx.lineTo(x, y + (text ? 5 : 3));
  }
  ctx.stroke();
  ctx.font = look.small;
  ctx.fillStyle = look.muted;
  ctx.textBaseline = 'top';
  let left = Infinity;
  for (const [v, text] of marks.slice().reverse()) {
    if (!text) continue;
    const label = left === Infinity && unit ? text + ' ' + unit : text;
    const w = ctx.measureText(label).width, x = clamp(toX(v), w / 2, p.width - w / 2);
    if (x + w / 2 > Math.min(p.width, left - 8)) continue;
    ctx.textAlign = 'center';
    ctx.fillText(label, x, y + 7);
    left = x - w / 2;
  }
}

// spread moves wanted heights apart by `gap`, within low and high, keeping order.
function spread(wanted, gap, low, high) {
  const order = wanted.map((y, k) => k).sort((a, b) => wanted[a] - wanted[b]);
  const out = wanted.slice();
  let floor = low;
  for (const k of order) { out[k] = Math.max(out[k], floor); floor = out[k] + gap; }
  let ceiling = high;
  for (const k of order.reverse()) { out[k] = Math.min(out[k], ceiling); ceiling = out[k] - gap; }
  return out;
}

// shorten cuts a text to a width.
function shorten(ctx, text, width) {
  if (ctx.measureText(text).width <= width) return text;
  let n = text.length;
  while (n > 1 && ctx.measureText(text.slice(0, n) + '…').width > width) n--;
  return text.slice(0, n) + '…';
}
