// Charts with an axis of their own: distributions, weights, phases.

// chart draws o.paint(ctx, p, box, toX, toY) between x [low, high] and y [low, high],
// and says what stands at the pointer. o.log has a logarithmic x.
function chart(host, height, o) {
  const read = o.read || host.parentElement.querySelector('.read');
  const u = v => o.log ? Math.log10(v) : v;
  let box = null, x0 = 0, x1 = 1;
  const p = panel(host, height, (ctx, p) => {
    const left = o.left || 48;
    box = {x: left, y: 10, w: Math.max(p.width - left - 16, 20), h: p.height - 10 - 26};
    const [low, high] = o.y();
    [x0, x1] = o.x().map(u);
    const toX = v => box.x + box.w * (u(v) - x0) / (x1 - x0), toY = v => box.y + box.h * (1 - (v - low) / (high - low));
    if (o.under) o.under(ctx, p, box, toX, toY);
    yAxis(ctx, p, box, low, high, o.format);
    ctx.save();
    ctx.beginPath();
    ctx.rect(box.x, box.y - 3, box.w + 3, box.h + 3);
    ctx.clip();
    o.paint(ctx, p, box, toX, toY);
    ctx.restore();
    xAxis(ctx, p, box, o.log ? decades(x0, x1) : plainMarks(x0, x1, box.w), toX, o.unit);
    if (o.over) o.over(ctx, p, box, toX, toY);
  });
  const cross = host.appendChild(make('div', 'cross'));
  cross.hidden = true;
  let at = null;
  const point = value => {
    at = value;
    cross.hidden = value === null || !box;
    if (cross.hidden) { readout(read, '', []); return; }
    cross.style.height = box.y + box.h + 'px';
    cross.style.transform = `translateX(${box.x + box.w * (u(value) - x0) / (x1 - x0)}px)`;
    o.says(value, read);
  };
  const value = x => { const v = x0 + clamp((x - box.x) / box.w, 0, 1) * (x1 - x0); return o.log ? Math.pow(10, v) : v; };
  host.addEventListener('pointermove', e => box && point(value(e.clientX - host.getBoundingClientRect().left)));
  host.addEventListener('pointerdown', e => box && point(value(e.clientX - host.getBoundingClientRect().left)));
  host.addEventListener('pointerleave', e => e.pointerType === 'mouse' && point(null));
  host.addEventListener('blur', () => point(null));
  host.addEventListener('keydown', e => {
    const sign = {ArrowLeft: -1, ArrowRight: 1, ',': -1, '.': 1}[e.key];
    if (!sign || !box || e.ctrlKey || e.metaKey || e.altKey) { if (e.key === 'Escape') point(null); return; }
    e.preventDefault();
    const x = at === null ? box.x + box.w / 2 : box.x + box.w * (u(at) - x0) / (x1 - x0);
    point(value(x + sign * Math.max(box.w / 100, 2)));
    const spoken = byId('spoken');
    if (spoken) spoken.textContent = read.textContent;
  });
  return p;
}

function plainMarks(low, high, width) {
  const t = ticks(low, high, clamp(Math.floor(width / 56), 2, 10));
  return t.values.map(v => [v, fixed(v, t.decimals)]);
}

// decades are ticks at 1 to 9 times each power of ten, numbered at 1, 2 and 5, or
// only at 1 where there are many.
function decades(low, high) {
  const out = [], numbered = high - low < 2.2 ? [1, 2, 5] : [1];
  for (let d = Math.floor(low); d <= high; d++) {
    for (let f = 1; f < 10; f++) {
      const v = f * Math.pow(10, d), at = Math.log10(v);
      if (at < low - 1e-9 || at > high + 1e-9) continue;
      out.push([v, !numbered.includes(f) ? '' : v >= 1 ? whole(v) : String(+v.toPrecision(2))]);
    }
  }
  return out;
}

// stairs outlines values between edges; fill shades below them.
function stairs(ctx, edges, values, toX, toY, fill) {
  ctx.beginPath();
  ctx.moveTo(toX(edges[0]), toY(0));
  values.forEach((v, k) => {
    ctx.lineTo(toX(edges[k]), toY(v));
    ctx.lineTo(toX(edges[k + 1]), toY(v));
  });
  ctx.lineTo(toX(edges[values.length]), toY(0));
  if (fill) ctx.fill(); else ctx.stroke();
}

// binOf is the bin of edges that holds v, or -1.
function binOf(edges, v) {
  if (v < edges[0] || v > edges[edges.length - 1]) return -1;
  return clamp(lower(edges.length, k => edges[k], v + 1e-12) - 1, 0, edges.length - 2);
}
