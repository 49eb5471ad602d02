// Results that are pictures: a grid of images of one size on one scale.

// scale colours bytes: from the paper to the ink of the accent, lighter to darker
// on a light page, the other way round on a dark one.
function scaleColors() {
  const low = rgb(look.paper), mid = rgb(look.accent), high = rgb(look.ink);
  const out = new Uint32Array(256);
  for (let n = 0; n < 256; n++) {
    const t = n / 255, [a, b, s] = t < 0.6 ? [low, mid, t / 0.6] : [mid, high, (t - 0.6) / 0.4];
    const mix = k => Math.round(a[k] + (b[k] - a[k]) * s);
    out[n] = 255 << 24 | mix(2) << 16 | mix(1) << 8 | mix(0);
  }
  return out;
}

function imageGrid(host) {
  const im = data.images[+host.dataset.images], pixels = unbase64(im.pixels), size = im.rows * im.cols;
  const read = host.parentElement.querySelector('.read');
  const labelled = im.labels && im.labels.length === im.shown;
  const lay = width => {
    const gap = 6, least = clamp(Math.max(im.cols, 28) * (im.shown > 100 ? 1 : 2), 24, 120);
    const across = clamp(Math.floor((width + gap) / (least + gap)), 1, Math.min(im.shown, im.shown > 60 ? 40 : 12));
    const cell = Math.min((width - gap * (across - 1)) / across, 140), tall = cell * im.rows / im.cols, line = labelled ? 16 : 0;
    return {gap, across, cell, tall, line, lines: Math.ceil(im.shown / across)};
  };
  if (!im.shown) { host.textContent = 'The images are too large to be shown here.'; return; }
  const height = width => { const l = lay(width); return Math.ceil(l.lines * (l.tall + l.line + l.gap) - l.gap); };
  panel(host, height, (ctx, p) => {
    const l = lay(p.width), shades = scaleColors();
    const small = make('canvas');
    small.width = im.cols;
    small.height = im.rows;
    const sctx = small.getContext('2d'), image = sctx.createImageData(im.cols, im.rows), out = new Uint32Array(image.data.buffer);
    ctx.imageSmoothingEnabled = false;
    ctx.font = look.small;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'top';
    for (let k = 0; k < im.shown; k++) {
      for (let j = 0; j < size; j++) out[j] = shades[pixels[k * size + j]];
      sctx.putImageData(image, 0, 0);
      const x = k % l.across * (l.cell + l.gap), y = Math.floor(k / l.across) * (l.tall + l.line + l.gap);
      ctx.drawImage(small, x, y, l.cell, l.tall);
      ctx.strokeStyle = look.rule;
      ctx.lineWidth = 1 / p.scale;
      ctx.strokeRect(crisp(p, x), crisp(p, y), l.cell - 1 / p.scale, l.tall - 1 / p.scale);
      if (labelled) {
        ctx.fillStyle = look.muted;
        ctx.fillText(shorten(ctx, im.labels[k], l.cell), x + l.cell / 2, y + l.tall + 2);
      }
    }
  });
  host.setAttribute('role', 'img');
  host.setAttribute('aria-label', `${im.name}: ${im.shown} images of ${im.rows} by ${im.cols}`);
  const value = b => im.low + (im.high - im.low) * b / 255;
  host.addEventListener('pointermove', e => {
    const r = host.getBoundingClientRect(), l = lay(r.width);
    const x = e.clientX - r.left, y = e.clientY - r.top;
    const column = Math.floor(x / (l.cell + l.gap)), line = Math.floor(y / (l.tall + l.line + l.gap)), k = line * l.across + column;
    const px = Math.floor((x - column * (l.cell + l.gap)) / l.cell * im.cols), py = Math.floor((y - line * (l.tall + l.line + l.gap)) / l.tall * im.rows);
    if (column >= l.across || k >= im.shown || px < 0 || px >= im.cols || py < 0 || py >= im.rows) { readout(read, '', []); return; }
    const name = labelled ? im.labels[k] : 'image ' + Math.floor(k * im.total / im.shown);
    readout(read, '', [[name, `row ${py}, column ${px}: ${number(value(pixels[k * size + py * im.cols + px]), 3)}${im.unit ? ' ' + im.unit : ''}`, null]]);
  });
  host.addEventListener('pointerleave', () => readout(read, '', []));
  const unit = im.unit ? ' ' + im.unit : '';
  let text = `The scale runs from ${number(im.low, 3)} to ${number(im.high, 3)}${unit}.`;
  if (im.shown < im.total) text += ` Shown are ${whole(im.shown)} of ${whole(im.total)}, evenly spaced.`;
  document.querySelector(`[data-images-note="${host.dataset.images}"]`).textContent = text;
}
