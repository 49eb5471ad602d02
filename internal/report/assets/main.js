// Puts the page together.

function theme() {
  const button = byId('theme'), dark = matchMedia('(prefers-color-scheme: dark)');
  const stored = () => { try { return localStorage.getItem('volley-theme'); } catch { return null; } };
  const on = () => root.dataset.theme || (dark.matches ? 'dark' : 'light');
  const show = () => {
    button.textContent = on() === 'dark' ? 'Light' : 'Dark';
    button.setAttribute('aria-label', on() === 'dark' ? 'Switch to the light theme' : 'Switch to the dark theme');
    readLook();
    redraw();
  };
  if (stored() === 'dark' || stored() === 'light') root.dataset.theme = stored();
  button.hidden = false;
  button.addEventListener('click', () => {
    root.dataset.theme = on() === 'dark' ? 'light' : 'dark';
    try { localStorage.setItem('volley-theme', root.dataset.theme); } catch { /* private windows remember nothing */ }
    show();
  });
  dark.addEventListener('change', show);
  show();
  // Paper is white.
  let before = null;
  window.addEventListener('beforeprint', () => {
    before = [root.dataset.theme];
    root.dataset.theme = 'light';
    readLook();
    for (const p of panels) p.draw();
    for (const d of document.querySelectorAll('details')) d.open = true;
  });
  window.addEventListener('afterprint', () => {
    if (!before) return;
    if (before[0]) root.dataset.theme = before[0]; else delete root.dataset.theme;
    show();
  });
}

function copyButtons() {
  for (const b of document.querySelectorAll('[data-copy]')) {
    if (!navigator.clipboard) continue;
    b.hidden = false;
    b.addEventListener('click', () => navigator.clipboard.writeText(byId(b.dataset.copy).textContent).then(
      () => { b.textContent = 'Copied'; setTimeout(() => { b.textContent = 'Copy'; }, 1500); },
      () => { b.textContent = 'Select and copy'; }));
  }
}

function activity() {
  for (const b of document.querySelectorAll('.timebar [data-do]')) b.addEventListener('click', () => acts[b.dataset.do]());
  legend();
  if (byId('plot-strip')) strip(byId('plot-strip'));
  if (byId('plot-raster')) raster(byId('plot-raster'), byId('rows'));
  if (byId('plot-rates')) ratePlot(byId('plot-rates'), byId('rate-bin'));
  if (byId('plot-cv')) variationPlot(byId('plot-cv'));
  if (byId('plot-synchrony')) synchronyPlot(byId('plot-synchrony'), byId('measure'), byId('measure-words'));
  if (byId('plot-signals')) signalPlot(byId('plot-signals'), byId('variable'));
  time.changed();
}

theme();
copyButtons();
if (byId('time')) activity();
if (byId('chart-isi')) intervalChart(byId('chart-isi'));
if (byId('chart-firing')) firingChart(byId('chart-firing'));
if (byId('chart-weights')) weightCharts(byId('chart-weights'));
if (byId('figure-phases')) phaseCharts();
for (const host of document.querySelectorAll('.images[data-images]')) imageGrid(host);

for (const p of panels) p.draw();
new ResizeObserver(() => redraw()).observe(document.body);
let scale = window.devicePixelRatio;
window.addEventListener('resize', () => { if (scale !== window.devicePixelRatio) { scale = window.devicePixelRatio; redraw(); } });
root.dataset.ready = 'yes';
