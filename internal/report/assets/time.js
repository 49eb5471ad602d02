// The axis of time that all plots of the activity share: what span is shown, how
// it is moved, and where the pointer is.

const time = {
  end: Math.max(data.end, data.dt), from: 0, to: Math.max(data.end, data.dt),
  least: 0, plots: [], hidden: new Set(), at: null,
};
time.least = Math.min(time.end, Math.max(time.end * 1e-6, data.dt * 20));

// margins leave room for numbers at the left and names at the right, the same for
// all plots, so that times stand above each other.
function margins(width) {
  const wide = width >= 620;
  let right = 10;
  if (wide) {
    const ctx = make('canvas').getContext('2d');
    ctx.font = look.bold;
    const names = data.populations.map(g => g.name).concat(data.synchrony ? data.synchrony.scopes : [], data.signals ? ['GID 00000'] : []);
    for (const n of names.slice(0, 200)) right = Math.max(right, Math.min(ctx.measureText(n).width, 110) + 14);
    right = Math.max(right, 60);
  }
  return {left: wide ? 48 : 40, right, wide};
}

time.box = (p, top, bottom) => {
  const m = margins(p.width);
  return {x: m.left, y: top, w: Math.max(p.width - m.left - m.right, 20), h: p.height - top - bottom, wide: m.wide};
};
time.toX = (box, t) => box.x + box.w * (t - time.from) / (time.to - time.from);
time.toT = (box, x) => time.from + (x - box.x) / box.w * (time.to - time.from);

// seconds tells whether times are written in s rather than ms.
const seconds = () => time.to - time.from >= 5000;

// timeText writes a time to the precision that the span shows.
function timeText(t, span = time.to - time.from) {
  const s = span >= 5000, value = s ? t / 1000 : t, step = (s ? span / 1000 : span) / 1000;
  return fixed(value, clamp(Math.ceil(-Math.log10(step)), 0, s ? 6 : 4)) + (s ? ' s' : ' ms');
}

// spanText writes two times with one unit.
const spanText = (from, to) => timeText(from).replace(/ m?s$/, '') + ' – ' + timeText(to);

time.axis = (ctx, p, box) => {
  const scale = seconds() ? 1000 : 1;
  const t = ticks(time.from / scale, time.to / scale, clamp(Math.floor(box.w / 95), 2, 10));
  xAxis(ctx, p, box, t.values.map(v => [v * scale, fixed(v, t.decimals)]), v => time.toX(box, v), seconds() ? 's' : 'ms');
};

// shade tints what statistics leave out.
time.shade = (ctx, box) => {
  if (!(data.discard > time.from)) return;
  ctx.fillStyle = look.tint;
  ctx.fillRect(box.x, box.y, clamp(time.toX(box, data.discard), box.x, box.x + box.w) - box.x, box.h);
};

time.set = (from, to) => {
  let span = clamp(to - from, time.least, time.end);
  from = clamp(from, 0, time.end - span);
  if (from === time.from && from + span === time.to) return;
  time.from = from;
  time.to = from + span;
  time.changed();
};
time.zoom = (factor, t = (time.from + time.to) / 2) => {
  const span = clamp((time.to - time.from) * factor, time.least, time.end);
  const share = (t - time.from) / (time.to - time.from);
  time.set(t - share * span, t - share * span + span);
};
time.move = dt => time.set(time.from + dt, time.to + dt);

time.changed = () => {
  const all = time.from <= 0 && time.to >= time.end;
  byId('span').textContent = spanText(time.from, time.to);
  for (const b of document.querySelectorAll('.timebar [data-do]')) {
    const what = b.dataset.do;
    // Disabled buttons would lose the focus.
    b.setAttribute('aria-disabled', (what === 'all' || what === 'out') && all || what === 'back' && time.from <= 0 ||
      what === 'forward' && time.to >= time.end || what === 'in' && time.to - time.from <= time.least * 1.0001);
  }
  time.point(null);
  redraw(time.plots.map(q => q.panel));
};

const acts = {
  back: () => time.move(-(time.to - time.from) / 4),
  forward: () => time.move((time.to - time.from) / 4),
  in: t => time.zoom(1 / 2, t),
  out: t => time.zoom(2, t),
  all: () => time.set(0, time.end),
};

// point shows the read-outs of all plots at a time, or none.
time.point = (t, from, x, y) => {
  time.at = t;
  for (const q of time.plots) {
    if (!q.box) continue;
    const shown = t !== null && t >= time.from && t <= time.to;
    q.cross.hidden = !shown;
    if (shown) q.cross.style.transform = `translateX(${time.toX(q.box, t)}px)`;
    if (q.read) {
      if (shown) q.says(t, q === from ? x : null, y); else readout(q.read, '', []);
    }
    if (q.ring && (!shown || q !== from)) q.ring.hidden = true;
  }
};

// timePlot makes host a plot on the axis of time. paint(ctx, p, box) draws inside
// box; says(t, x, y) fills q.read.
function timePlot(host, height, room, paint, says) {
  const q = {host, says, read: host.parentElement.querySelector('.read')};
  q.panel = panel(host, height, (ctx, p) => {
    q.box = time.box(p, room.top, room.bottom);
    q.cross.style.height = (q.box.y + q.box.h) + 'px';
    time.shade(ctx, q.box);
    paint(ctx, p, q.box);
  });
  q.cross = host.appendChild(make('div', 'cross'));
  q.cross.hidden = true;
  time.plots.push(q);
  pointers(q);
  wheel(q);
  keys(q);
  return q;
}

// pointers: one drags, two pinch, none shows the read-out.
function pointers(q) {
  const down = new Map();
  let pinch = null, drag = null;
  const local = e => { const r = q.host.getBoundingClientRect(); return [e.clientX - r.left, e.clientY - r.top]; };
  const begin = () => {
    const xs = [...down.values()].map(v => v[0]);
    drag = pinch = null;
    if (xs.length === 1) drag = {x: xs[0], from: time.from, to: time.to};
    if (xs.length === 2) pinch = {gap: Math.max(Math.abs(xs[0] - xs[1]), 10), t: time.toT(q.box, (xs[0] + xs[1]) / 2), span: time.to - time.from};
  };
  q.host.addEventListener('pointerdown', e => {
    if (e.pointerType === 'mouse' && e.button !== 0 || !q.box) return;
    q.armed = true;
    down.set(e.pointerId, local(e));
    try { q.host.setPointerCapture(e.pointerId); } catch { /* the pointer has gone */ }
    begin();
  });
  q.host.addEventListener('pointermove', e => {
    if (!q.box) return;
    const [x, y] = local(e);
    if (!down.has(e.pointerId)) {
      const inside = x >= q.box.x && x <= q.box.x + q.box.w;
      time.point(inside ? time.toT(q.box, x) : null, q, x, y);
      return;
    }
    down.set(e.pointerId, [x, y]);
    if (pinch && down.size === 2) {
      const xs = [...down.values()].map(v => v[0]);
      const span = clamp(pinch.span * pinch.gap / Math.max(Math.abs(xs[0] - xs[1]), 10), time.least, time.end);
      const share = ((xs[0] + xs[1]) / 2 - q.box.x) / q.box.w;
      time.set(pinch.t - share * span, pinch.t - share * span + span);
    } else if (drag) {
      if (Math.abs(x - drag.x) > 3) q.host.classList.add('held');
      const dt = (drag.x - x) / q.box.w * (drag.to - drag.from);
      time.set(drag.from + dt, drag.to + dt);
    }
  });
  const up = e => {
    const tapped = drag && down.size === 1 && e.type === 'pointerup' && !q.host.classList.contains('held');
    down.delete(e.pointerId);
    q.host.classList.remove('held');
    begin();
    if (tapped) {
      const [x, y] = local(e);
      time.point(time.toT(q.box, clamp(x, q.box.x, q.box.x + q.box.w)), q, x, y);
    }
  };
  q.host.addEventListener('pointerup', up);
  q.host.addEventListener('pointercancel', up);
  q.host.addEventListener('pointerleave', e => {
    if (e.pointerType !== 'mouse') return;
    q.armed = false;
    if (!down.size) time.point(null);
  });
  q.host.addEventListener('dblclick', e => acts.in(time.toT(q.box, local(e)[0])));
}

// wheel zooms a plot that was clicked, or with Ctrl; else the page scrolls on.
function wheel(q) {
  let timer = 0;
  q.host.addEventListener('wheel', e => {
    if (!q.box) return;
    const unit = e.deltaMode === 1 ? 16 : e.deltaMode === 2 ? 400 : 1;
    const x = e.clientX - q.host.getBoundingClientRect().left;
    if (Math.abs(e.deltaX) > Math.abs(e.deltaY) || e.shiftKey) {
      if (time.to - time.from >= time.end) return;
      e.preventDefault();
      time.move((e.deltaX || e.deltaY) * unit / q.box.w * (time.to - time.from));
    } else if (e.ctrlKey || e.metaKey || q.armed) {
      e.preventDefault();
      time.zoom(Math.exp(clamp(e.deltaY * unit, -300, 300) * (e.ctrlKey ? 0.006 : 0.0025)), time.toT(q.box, clamp(x, q.box.x, q.box.x + q.box.w)));
    } else {
      byId('hint').classList.add('shown');
      clearTimeout(timer);
      timer = setTimeout(() => byId('hint').classList.remove('shown'), 1800);
    }
  }, {passive: false});
}

function keys(q) {
  const step = (time_, sign) => {
    const one = (time.to - time.from) / Math.min(q.box.w, 400);
    const t = clamp((time_ === null ? (time.from + time.to) / 2 : time_) + sign * one, time.from, time.to);
    time.point(t, q, null, null);
    byId('spoken').textContent = q.read ? q.read.textContent : timeText(t);
  };
  const span = () => time.to - time.from;
  const map = {
    ArrowLeft: e => time.move(-span() * (e.shiftKey ? 0.9 : 0.1)), ArrowRight: e => time.move(span() * (e.shiftKey ? 0.9 : 0.1)),
    '+': () => acts.in(), '=': () => acts.in(), '-': () => acts.out(), '−': () => acts.out(), '_': () => acts.out(),
    '0': () => acts.all(), Home: () => time.set(0, span()), End: () => time.set(time.end - span(), time.end),
    ',': () => step(time.at, -1), '.': () => step(time.at, +1), Escape: () => { q.armed = false; time.point(null); },
  };
  q.host.addEventListener('keydown', e => {
    if (e.ctrlKey || e.metaKey || e.altKey || !map[e.key] || !q.box) return;
    e.preventDefault();
    map[e.key](e);
    if (e.key !== ',' && e.key !== '.' && e.key !== 'Escape') byId('spoken').textContent = byId('span').textContent;
  });
}

// legend lets populations be hidden.
function legend() {
  const host = byId('legend');
  if (data.populations.length < 2) { host.hidden = true; return; }
  data.populations.forEach((g, k) => {
    const b = make('button');
    b.type = 'button';
    b.setAttribute('aria-pressed', 'true');
    b.title = 'Show or hide ' + g.name;
    b.append(make('i', 'key c' + k % 8), make('span', '', g.name));
    b.addEventListener('click', () => {
      if (time.hidden.has(k)) time.hidden.delete(k); else time.hidden.add(k);
      if (time.hidden.size === data.populations.length) time.hidden.clear();
      host.querySelectorAll('button').forEach((other, j) => other.setAttribute('aria-pressed', !time.hidden.has(j)));
      time.relaid();
      redraw();
    });
    host.append(b);
  });
}
time.relaid = () => {};
