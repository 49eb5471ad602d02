// Recorded variables: a lane for each neuron, on one scale, its spikes above it.

function signalPlot(host, buttons) {
  const s = data.signals;
  let variable = s.variables[0];
  const groupOf = gid => Math.max(0, data.populations.findIndex(g => gid >= g.first && gid < g.first + g.size));
  const lanes = () => s.series.filter(one => one.measure === variable.name).map(one => {
    const gid = +one.scope.replace('GID ', '');
    return {label: one.scope, gid, color: groupOf(gid), n: one.v.length, t: timeOf(one), v: k => one.v[k]};
  });
  const most = Math.max(...s.variables.map(v => s.series.filter(one => one.measure === v.name).length));
  const laneHeight = most === 1 ? 140 : most <= 3 ? 84 : 60, gap = 16;

  const paint = (ctx, p, box) => {
    const all = lanes(), [low, high] = range(all, false);
    const h = (box.h - gap * (all.length - 1)) / all.length;
    all.forEach((c, k) => {
      const lane = {x: box.x, y: box.y + k * (h + gap), w: box.w, h, wide: box.wide};
      yAxis(ctx, p, lane, low, high);
      const toY = v => lane.y + lane.h * (1 - (v - low) / (high - low));
      ctx.save();
      ctx.beginPath();
      ctx.rect(lane.x, lane.y - 10, lane.w, lane.h + 12);
      ctx.clip();
      trace(ctx, lane, c, toY, 1.2);
      marks(ctx, lane, c);
      ctx.restore();
      ctx.font = look.bold;
      ctx.fillStyle = color(c.color);
      ctx.textBaseline = 'middle';
      ctx.textAlign = 'left';
      if (box.wide) ctx.fillText(c.label, lane.x + lane.w + 10, lane.y + lane.h / 2);
    });
    time.axis(ctx, p, box);
  };

  const marks = (ctx, lane, c) => {
    const times = (s.marks || {})[c.gid] || [];
    ctx.strokeStyle = look.ink;
    ctx.lineWidth = 1;
    ctx.beginPath();
    for (let j = lower(times.length, i => times[i], time.from); j < times.length && times[j] <= time.to; j++) {
      const x = time.toX(lane, times[j]);
      ctx.moveTo(x, lane.y - 9);
      ctx.lineTo(x, lane.y - 2);
    }
    ctx.stroke();
  };

  const says = t => {
    const parts = [];
    for (const c of lanes()) {
      const k = nearest(c, t), v = k < 0 ? null : c.v(k);
      if (v !== null && isFinite(v) && parts.length < 6) parts.push([c.label, number(v, 4) + (variable.unit ? ' ' + variable.unit : ''), c.color]);
    }
    readout(q.read, timeText(t), parts);
  };

  const height = () => 14 + 26 + most * laneHeight + (most - 1) * gap;
  const q = timePlot(host, height, {top: 14, bottom: 26}, paint, says);
  const name = v => v.unit ? `${v.name} (${v.unit})` : v.name;
  choice(buttons, s.variables.map(name), 0, k => {
    variable = s.variables[k];
    redraw([q.panel]);
  });
  if (s.variables.length === 1) buttons.after(make('span', 'unit', name(variable)));
}
