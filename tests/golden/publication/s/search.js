/* Looks for words in the titles of everything public, newest first, in the files
 * search-N.json beside the pages.  No server is asked; nothing is sent anywhere. */
'use strict';
(() => {
  const most = 200;
  const said = document.getElementById('said');
  const found = document.getElementById('found');
  const field = document.querySelector('input[name="q"]');
  const asked = (new URLSearchParams(location.search).get('q') ?? '').trim().slice(0, 100);
  document.getElementById('plain').hidden = true;
  field.value = asked;
  const even = (text) => text.normalize('NFKC').toLowerCase();
  const close = (text) => even(text).replace(/\s+/g, '');
  const terms = even(asked).split(/\s+/).filter((term) => term !== '');
  if (terms.length === 0) {
    return;
  }
  const rows = [];

  /* A space in the question parts words; one in the title is as good as none. */
  function fits(title) {
    const text = close(title);
    return terms.every((term) => text.includes(term));
  }

  function marked(title, into) {
    const text = even(title);
    if (text.length !== title.length) {
      into.append(title);
      return;
    }
    let at = 0;
    while (at < title.length) {
      let next = -1;
      let length = 0;
      for (const term of terms) {
        const here = text.indexOf(term, at);
        if (here >= 0 && (next < 0 || here < next)) {
          next = here;
          length = term.length;
        }
      }
      if (next < 0) {
        break;
      }
      const mark = document.createElement('mark');
      mark.textContent = title.slice(next, next + length);
      into.append(title.slice(at, next), mark);
      at = next + length;
    }
    into.append(title.slice(at));
  }

  function show() {
    const exact = close(asked);
    const first = rows.filter(([, title]) => close(title) === exact);
    const rest = rows.filter(([, title]) => close(title) !== exact);
    found.replaceChildren(...[...first, ...rest].slice(0, most).map(([path, title, day, state]) => {
      const item = document.createElement('li');
      const link = document.createElement('a');
      const time = document.createElement('time');
      link.href = found.dataset.up + path;
      marked(title, link);
      time.dateTime = day;
      time.textContent = day;
      item.append(link);
      if (state === 1) {
        const mark = document.createElement('span');
        mark.className = 'mark';
        mark.textContent = said.dataset.expired;
        item.append(mark);
      }
      item.append(time);
      return item;
    }));
    said.textContent = rows.length === 0 ? said.dataset.none
      : said.dataset.count.replace('#', rows.length);
  }

  async function look() {
    const shards = [];
    for (let shard = Number(found.dataset.last); shard >= 0; shard -= 1) {
      shards.push(fetch(`${found.dataset.up}search-${shard}.json`));
    }
    for (const shard of shards) {
      const answer = await shard;
      if (!answer.ok) {
        throw new Error(answer.status);
      }
      rows.push(...(await answer.json()).filter(([, title]) => fits(title)).reverse());
      show();
    }
  }
  look().catch(() => { said.textContent = said.dataset.failed; });
})();
