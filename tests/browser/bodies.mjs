/*
 * Opens every cleaned body in Chromium, with no policy in the way: no script runs, no
 * dialog opens, nothing is fetched but our own files, only our elements and attributes
 * are there, and the words of the source are kept.
 *
 *   node bodies.mjs CLEANED.jsonl
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { launch } from './harness.mjs';

const elements = new Set(('P H2 H3 H4 BLOCKQUOTE HR UL OL LI TABLE CAPTION THEAD TBODY TR TH TD ' +
  'FIGURE FIGCAPTION STRONG EM U S SUB SUP A BR IMG').split(' '));
const attributes = new Set(['class', 'href', 'src', 'alt', 'width', 'height', 'start', 'colspan',
  'rowspan', 'scope']);

const browser = await launch();
const page = await (await browser.newContext()).newPage();
const fetched = [];
let dialogs = 0;
page.on('dialog', (dialog) => { dialogs++; return dialog.dismiss(); });
await page.route('**/*', (route) => {
  const path = new URL(route.request().url()).pathname;
  if (path === '/page') {
    return route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>x</title><main></main>' });
  }
  if (!path.startsWith('/files/')) {
    fetched.push(route.request().url());
  }
  return route.fulfill({ status: 404, body: '' });
});
await page.goto('http://bureau.example/page');

/* Puts the body in as a page would carry it and tells what is there. */
function look({ source, html }) {
  const main = document.querySelector('main');
  main.innerHTML = html;
  const tags = [...main.querySelectorAll('*')].map((element) => element.tagName);
  const names = [...main.querySelectorAll('*')].flatMap((element) => element.getAttributeNames());
  const links = [...main.querySelectorAll('a')].map((a) => new URL(a.href, 'http://x/').protocol);
  const original = new DOMParser().parseFromString(source, 'text/html');
  original.querySelectorAll('script,style,title,noscript,xml,iframe,frame,frameset,noframes,object,embed,' +
    'noembed,applet,video,audio,canvas,svg,math,map,input,select,textarea,datalist,xmp,plaintext,' +
    'template,dialog').forEach((element) => element.remove());
  const han = (text) => (text.match(/\p{Script=Han}/gu) ?? []).length;
  return { tags, names, links, kept: han(main.textContent), there: han(original.documentElement.textContent) };
}

const wrong = [];
let bodies = 0, there = 0, kept = 0;
for await (const line of createInterface({ input: createReadStream(process.argv[2]) })) {
  const body = JSON.parse(line);
  const seen = await page.evaluate(look, body);
  bodies++;
  there += seen.there;
  kept += Math.min(seen.kept, seen.there);
  const foreign = [...seen.tags.filter((tag) => !elements.has(tag)),
    ...seen.names.filter((name) => !attributes.has(name)),
    ...seen.links.filter((scheme) => !['http:', 'https:', 'mailto:'].includes(scheme))];
  if (foreign.length > 0 || dialogs > 0 || fetched.length > 0) {
    wrong.push(`${body.from}: ${[...new Set(foreign)].join(' ')} ${dialogs} dialogs ${fetched.join(' ')}: ` +
      body.source.slice(0, 200));
    dialogs = 0;
    fetched.length = 0;
  }
  if (seen.there >= 20 && seen.kept < seen.there * 0.98) {
    wrong.push(`${body.from}: ${seen.kept} of ${seen.there} characters kept: ${body.source.slice(0, 100)}`);
  }
}
await browser.close();
wrong.slice(0, 20).forEach((sentence) => console.log(sentence));
console.log(`cleaned bodies: ${bodies} opened, ${wrong.length} wrong, ` +
  `${kept} of ${there} Han characters kept`);
process.exit(wrong.length > 0 || bodies === 0 ? 1 : 0);
