/*
 * Opens every cleaned body in Chromium, with no policy in the way: no script runs, no
 * dialog opens, nothing is fetched but our own files, only our elements and attributes
 * are there, and the words of the source are kept.  Each body is looked at by itself,
 * and many together in a page that the browser parses as it parses ours.
 *
 * Negative control, in every run: the same bodies uncleaned are opened in the same way,
 * and scripts must run, or we would not see one that ran.
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
const address = 'http://bureau.example/page';
const together = 200; /* bodies of one page */
const controls = 100; /* uncleaned bodies that are opened */
const fetched = [];
let dialogs = 0;
let shown = '';
page.on('dialog', (dialog) => { dialogs++; return dialog.dismiss(); });
await page.route('**/*', (route) => {
  const path = new URL(route.request().url()).pathname;
  if (path === '/page') {
    return route.fulfill({ contentType: 'text/html; charset=utf-8',
      body: `<!doctype html><title>x</title><main>${shown}</main>` });
  }
  if (!path.startsWith('/files/')) {
    fetched.push(route.request().url());
  }
  return route.fulfill({ status: 404, body: '' });
});

/* What ran while a page with *html* was parsed and loaded. */
async function parse(html) {
  dialogs = 0;
  fetched.length = 0;
  shown = html;
  await page.goto(address, { timeout: 20000 });
  await page.evaluate(() => new Promise((settled) => { setTimeout(settled); }));
  const ran = { dialogs, fetched: [...fetched] };
  dialogs = 0;
  fetched.length = 0;
  return ran;
}
await parse('');

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
const cleaned = [];
const hostile = [];
let bodies = 0, there = 0, kept = 0;
for await (const line of createInterface({ input: createReadStream(process.argv[2]) })) {
  const body = JSON.parse(line);
  const seen = await page.evaluate(look, body);
  bodies++;
  cleaned.push(body.html);
  if (hostile.length < controls && /alert\s*\(/.test(body.source)) {
    hostile.push(body.source);
  }
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
for (let from = 0; from < cleaned.length; from += together) {
  const ran = await parse(cleaned.slice(from, from + together).join('</main><main>'));
  if (ran.dialogs > 0 || ran.fetched.length > 0) {
    wrong.push(`bodies ${from} to ${from + together}: ${ran.dialogs} dialogs ${ran.fetched.join(' ')}`);
  }
}
let ran = 0;
for (const source of hostile) {
  ran += (await parse(source)).dialogs > 0;
}
if (ran === 0) {
  wrong.push(`control: none of ${hostile.length} uncleaned bodies ran a script, so we would see none`);
}
await browser.close();
wrong.slice(0, 20).forEach((sentence) => console.log(sentence));
console.log(`cleaned bodies: ${bodies} opened, ${wrong.length} wrong, ` +
  `${kept} of ${there} Han characters kept; ${ran} of ${hostile.length} ran a script uncleaned`);
process.exit(wrong.length > 0 || bodies === 0 ? 1 : 0);
