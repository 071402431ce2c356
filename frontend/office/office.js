/*
 * What the office's pages do in the browser beyond links and forms.  Every
 * page works without it; nothing here decides anything, and nothing of a
 * manuscript goes into the browser's storage.
 *
 * Pages speak to it with data attributes:
 *   body[data-idle]            seconds until the session ends
 *   [data-count-of] [data-count-from]   a number to refresh once a minute
 *   form[data-dirty]           warn before leaving with unsaved input
 *   [data-autosave]            a form saved in the background (see autosave)
 *   time[data-left]            a deadline whose words are refreshed hourly
 *   button[data-show]          shows the password field it names
 *   a[data-sheet]              opens its page in a sheet from the side
 */

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const one = (selector, root = document) => root.querySelector(selector);
const word = (name) => document.body.dataset['word' + name] ?? '';

/* ---- Saying what happened, focus after a swap ---- */

function say(text) {
  const live = one('#said');
  if (live) {
    live.textContent = '';
    window.setTimeout(() => { live.textContent = text; }, 50);
  }
}

document.addEventListener('htmx:afterSwap', (event) => {
  const target = event.detail.target;
  const first = one('.no[role="alert"], [data-heading]', target);
  if (first) {
    first.setAttribute('tabindex', '-1');
    first.focus();
    say(first.textContent.trim());
  }
});

/* ---- The count of the desk, once a minute while the page is seen ---- */

async function refreshCounts() {
  const places = all('[data-count-from]');
  if (document.hidden || places.length === 0 || locked()) {
    return;
  }
  const answer = await fetch(places[0].dataset.countFrom, {
    headers: { Accept: 'application/json', 'X-Background': '1' },
  }).catch(() => null); /* offline: the next minute will tell */
  if (answer?.ok) {
    const { count } = await answer.json();
    places.forEach((place) => {
      place.textContent = count > 0 ? count : '';
      place.hidden = count === 0;
    });
  }
}
window.setInterval(refreshCounts, 60000);

/* ---- Unsaved input ---- */

let dirty = false;
document.addEventListener('input', (event) => {
  if (event.target.closest('form[data-dirty]')) {
    dirty = true;
  }
});
document.addEventListener('submit', () => { dirty = false; });
document.addEventListener('office:saved', () => { dirty = false; });
window.addEventListener('beforeunload', (event) => {
  if (dirty) {
    event.preventDefault();
    event.returnValue = '';
  }
});

/* ---- Autosave: 3 s after the last key, at least every 30 s ---- */

function startAutosave(form) {
  let first = 0;
  let timer = 0;
  let running = false;
  const changed = () => {
    const now = Date.now();
    first = first || now;
    window.clearTimeout(timer);
    timer = window.setTimeout(save, Math.min(3000, Math.max(0, first + 30000 - now)));
  };
  async function save() {
    if (running || locked()) {
      timer = window.setTimeout(save, 1000);
      return;
    }
    running = true;
    first = 0;
    form.dispatchEvent(new CustomEvent('office:saving', { bubbles: true }));
    try {
      await sendSave(form);
    } catch (offline) {
      one('#saved')?.replaceChildren(word('Offline'));
      timer = window.setTimeout(save, 5000);
    }
    running = false;
  }
  form.addEventListener('input', changed);
  form.addEventListener('change', changed);
  form.addEventListener('office:changed', changed);
  form.addEventListener('office:save-now', () => {
    window.clearTimeout(timer);
    save();
  });
}

/*
 * The answer is HTML: #saved, #findings and #route, never a field.  409 means
 * that another version was saved meanwhile: #saved says so, the text stays.
 */
async function sendSave(form) {
  const answer = await fetch(form.dataset.autosave, {
    method: 'POST',
    body: new URLSearchParams(new FormData(form)),
    headers: { 'HX-Request': 'true' },
  });
  const text = await answer.text();
  if (answer.status === 401) {
    lock();
    return;
  }
  const page = new DOMParser().parseFromString(text, 'text/html');
  all('#saved, #findings, #route', page).forEach((piece) => {
    document.getElementById(piece.id)?.replaceWith(document.importNode(piece, true));
  });
  const version = one('[data-version]', page);
  if (version && form.elements.version) {
    form.elements.version.value = version.dataset.version;
  }
  if (answer.ok) {
    form.dispatchEvent(new CustomEvent('office:saved', { bubbles: true }));
  } else if (!one('#saved', page)) {
    one('#saved').textContent = one('.no p', page)?.textContent ?? word('Offline');
  }
}
all('form[data-autosave]').forEach(startAutosave);

/* ---- Idle: a warning three minutes before, then the page is covered ---- */

const limit = Number(document.body.dataset.idle ?? 0) * 1000;
let lastDeed = Date.now();
['keydown', 'pointerdown', 'wheel', 'touchstart'].forEach((kind) => {
  document.addEventListener(kind, () => { lastDeed = Date.now(); }, { passive: true });
});

const locked = () => one('#lock') !== null && !one('#lock').hidden;

function lock() {
  const sheet = one('#lock');
  if (sheet && !locked()) {
    sheet.hidden = false;
    document.body.classList.add('locked');
    one('input[type="password"]', sheet).focus();
  }
}

function unlock() {
  one('#lock').hidden = true;
  document.body.classList.remove('locked');
  lastDeed = Date.now();
}

function watchIdle() {
  const left = limit - (Date.now() - lastDeed);
  const warning = one('#idle-warning');
  if (warning) {
    warning.hidden = locked() || left > 180000;
  }
  if (left <= 0) {
    lock();
  }
}
if (limit > 0) {
  window.setInterval(watchIdle, 5000);
}

const unlockForm = one('#lock form');
if (unlockForm) {
  unlockForm.addEventListener('submit', async (event) => {
    event.preventDefault();
    const answer = await fetch(unlockForm.action, {
      method: 'POST',
      body: new URLSearchParams(new FormData(unlockForm)),
      headers: { Accept: 'application/json' },
    });
    unlockForm.elements.password.value = '';
    if (!answer.ok) {
      one('.wrong', unlockForm).hidden = false;
      return;
    }
    const { csrf } = await answer.json();
    all('input[name="csrf"]').forEach((field) => { field.value = csrf; });
    one('.wrong', unlockForm).hidden = true;
    unlock();
  });
}

/* ---- Deadlines in hours and minutes go on counting ---- */

function refreshLeft() {
  all('time[data-left]').forEach((time) => {
    const hours = Math.floor((Date.parse(time.getAttribute('datetime')) - Date.now()) / 3600000);
    const number = one('.left', time);
    if (number && hours >= 0) {
      number.textContent = hours;
    }
  });
}
window.setInterval(refreshLeft, 60000);

/* ---- Small things on a click ---- */

document.addEventListener('click', (event) => {
  const show = event.target.closest('button[data-show]');
  if (show) {
    const field = document.getElementById(show.dataset.show);
    const hide = field.type === 'text';
    field.type = hide ? 'password' : 'text';
    show.setAttribute('aria-pressed', String(!hide));
  }
  const leaf = event.target.closest('a[data-sheet]');
  if (leaf && !event.ctrlKey && !event.metaKey && window.htmx) {
    event.preventDefault();
    openLeaf(leaf);
  }
  if (event.target.closest('[data-close-sheet]')) {
    event.preventDefault();
    closeLeaf();
  }
  all('details.menu[open]').filter((menu) => !menu.contains(event.target))
    .forEach((menu) => { menu.open = false; });
});

let leafOpener = null;

async function openLeaf(link) {
  const answer = await fetch(link.href, { headers: { 'HX-Request': 'true', 'HX-Target': 'leaf' } });
  const leaf = one('#leaf');
  leaf.innerHTML = await answer.text();
  leaf.hidden = false;
  leafOpener = link;
  one('[data-close-sheet]', leaf)?.focus();
}

function closeLeaf() {
  one('#leaf').hidden = true;
  leafOpener?.focus();
}

/* ---- Keys: off inside fields, never for an act ---- */

const places = { d: '/desk', w: '/manuscripts', c: '/columns' };
let waiting = 0;

function step(by) {
  const rows = all('[data-row] a.title');
  const at = rows.indexOf(document.activeElement);
  rows[Math.max(0, Math.min(rows.length - 1, at + by))]?.focus();
}

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && one('#leaf') && !one('#leaf').hidden) {
    closeLeaf();
    return;
  }
  if ((event.ctrlKey || event.metaKey) && event.key === 's') {
    const form = one('form[data-autosave]');
    if (form) {
      event.preventDefault();
      form.dispatchEvent(new CustomEvent('office:save-now'));
    }
    return;
  }
  const inField = event.target.closest('input, textarea, select, [contenteditable]');
  if (inField || event.ctrlKey || event.altKey || event.metaKey || !document.body.dataset.keys) {
    return;
  }
  if (waiting && Date.now() - waiting < 1500 && places[event.key]) {
    window.location.assign(places[event.key]);
  }
  waiting = event.key === 'g' ? Date.now() : 0;
  const deeds = { '/': () => one('.seek input')?.focus(), j: () => step(1), k: () => step(-1),
    '?': () => one('#keys-link')?.click() };
  if (deeds[event.key]) {
    event.preventDefault();
    deeds[event.key]();
  }
});
