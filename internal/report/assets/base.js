// What every part needs: the data, elements, colours and numbers.

const data = JSON.parse(document.getElementById('data').textContent);
const root = document.documentElement;
const byId = id => document.getElementById(id);

window.addEventListener('error', e => { root.dataset.error = e.message; });

// make is a new element; text is never read as markup.
function make(tag, className, text) {
  const e = document.createElement(tag);
  if (className) e.className = className;
  if (text !== undefined) e.textContent = text;
  return e;
}

// look holds the colours and fonts of the theme that is on.
const look = {};
function readLook() {
  const style = getComputedStyle(root);
  const get = name => style.getPropertyValue(name).trim();
  for (const name of ['paper', 'ink', 'muted', 'rule', 'faint', 'accent', 'tint', 'soft']) look[name] = get('--' + name);
  look.series = [0, 1, 2, 3, 4, 5, 6, 7].map(k => get('--c' + k));
  look.sans = get('--sans');
  look.font = '12px ' + look.sans;
  look.small = '11px ' + look.sans;
  look.bold = '600 12px ' + look.sans;
}
const color = k => look.series[k % look.series.length];

// rgb reads #rrggbb.
function rgb(hex) {
  const n = parseInt(hex.slice(1), 16);
  return [n >> 16 & 255, n >> 8 & 255, n & 255];
}

const whole = n => Math.round(n).toLocaleString('en-US');

// number writes x with about `digits` significant digits.
function number(x, digits = 3) {
  if (x === null || x === undefined || !isFinite(x)) return '–';
  if (x === 0) return '0';
  const size = Math.floor(Math.log10(Math.abs(x)));
  if (size < -5 || size > 14) return x.toExponential(digits - 1).replace('-', '−');
  const decimals = Math.max(0, digits - 1 - size);
  return x.toLocaleString('en-US', {minimumFractionDigits: decimals, maximumFractionDigits: decimals}).replace('-', '−');
}

// fixed writes x with a number of decimals.
const fixed = (x, decimals) =>
  x.toLocaleString('en-US', {minimumFractionDigits: decimals, maximumFractionDigits: decimals}).replace('-', '−');

const clamp = (x, low, high) => Math.min(Math.max(x, low), high);

// lower is the first index of a sorted list of n whose value is not below x.
function lower(n, at, x) {
  let low = 0, high = n;
  while (low < high) {
    const mid = low + high >> 1;
    if (at(mid) < x) low = mid + 1; else high = mid;
  }
  return low;
}

function unbase64(text) {
  const raw = atob(text), out = new Uint8Array(raw.length);
  for (let k = 0; k < raw.length; k++) out[k] = raw.charCodeAt(k);
  return out;
}

// choice fills a group with buttons, one of which is on; with a list where they
// are many.
function choice(host, labels, chosen, use) {
  host.hidden = labels.length < 2;
  if (labels.length > 8) {
    const select = make('select');
    select.setAttribute('aria-label', host.getAttribute('aria-label'));
    labels.forEach(label => select.append(make('option', '', label)));
    select.selectedIndex = chosen;
    select.addEventListener('change', () => use(select.selectedIndex));
    host.append(select);
    return;
  }
  const buttons = labels.map((label, k) => {
    const b = make('button', '', label);
    b.type = 'button';
    b.setAttribute('aria-pressed', k === chosen);
    b.addEventListener('click', () => {
      buttons.forEach((other, j) => other.setAttribute('aria-pressed', j === k));
      use(k);
    });
    host.append(b);
    return b;
  });
}

// readout shows parts [label, value, colour number or null] in an element.
function readout(host, lead, parts) {
  host.textContent = '';
  if (lead) host.append(lead + ' ');
  parts.forEach(([label, value, k], i) => {
    if (i) host.append(' ');
    const b = make('b', k === null || k === undefined ? '' : 'c' + k % 8, label);
    host.append(b, ' ' + value);
  });
}
