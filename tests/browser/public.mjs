/*
 * The public theme in real Chromium: the golden site of the publication tests,
 * served as the public listener serves it, with scripts off and on, plain and
 * under /zz/, at three widths and on paper.
 *
 * Usage: node public.mjs [FOLDER FOR PICTURES]
 */
import { existsSync, readFileSync, statSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { axe, launch, measure, newPage } from './harness.mjs';

const root = fileURLToPath(new URL('../golden/publication', import.meta.url));
const pictures = process.argv[2];
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; " +
  "form-action 'self'; frame-ancestors 'none'";
const searching = policy.replace("style-src", "script-src 'self'; connect-src 'self'; style-src");
const types = { '.js': 'text/javascript', '.json': 'application/json', '.html': 'text/html; charset=utf-8', '.gone': 'text/html; charset=utf-8',
  '.css': 'text/css', '.xml': 'application/xml' };
const failures = [];
let passed = 0;

function say(name, faults) {
  if (faults.length === 0) {
    passed += 1;
  } else {
    failures.push(...faults.map((fault) => `${name}: ${fault}`));
  }
}

/* As publication_locate answers. */
function find(path) {
  const plain = path.replace(/^\/zz\//, '/');
  for (const name of [path, plain]) {
    const file = join(root, normalize(name.endsWith('/') ? `${name}index.html` : name));
    if (file.startsWith(root) && existsSync(file) && statSync(file).isFile()) {
      return [200, file];
    }
    if (existsSync(`${file}.gone`)) {
      return [410, `${file}.gone`];
    }
  }
  return [404, join(root, '404.html')];
}

const server = createServer((request, response) => {
  const [status, file] = find(new URL(request.url, 'http://x').pathname);
  response.writeHead(status, { 'Content-Type': types[extname(file)] ?? 'text/plain',
    'Content-Security-Policy': file.endsWith('/search.html') ? searching : policy });
  response.end(readFileSync(file));
});
await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
const address = `http://127.0.0.1:${server.address().port}`;

const pages = {
  home: '/',
  column: '/zwgk/',
  list: '/zwgk/tjdt/',
  'list page': '/zwgk/tjdt/list-1.html',
  item: '/sjfb/2027/1.html',
  expired: '/sjfb/2027/3.html',
  gone: '/sjfb/2027/2.html',
  missing: '/nothing.html',
  map: '/sitemap.html',
  search: '/search.html?q=%E6%9C%9F',
};
const widths = { desktop: { width: 1366, height: 768 }, phone: { width: 390, height: 844 },
  narrow: { width: 320, height: 640 } };

if (pictures) {
  mkdirSync(pictures, { recursive: true });
}
const browser = await launch();
for (const [size, viewport] of Object.entries(widths)) {
  const page = await newPage(browser, { size: viewport });
  for (const mirror of ['', '/zz']) {
    for (const [name, path] of Object.entries(pages)) {
      const label = `${name} ${mirror || 'plain'} ${size}`;
      await page.goto(`${address}${mirror}${path}`);
      say(`${label} axe`, await axe(page));
      say(`${label} look`, await measure(page));
      say(`${label} policy`, page.complaints.splice(0));
      if (pictures) {
        await page.screenshot({ fullPage: true,
          path: join(pictures, `${label.replaceAll(/[ /]+/g, '-')}.png`) });
      }
    }
  }
  await page.context().close();
}

/* The mode survives every link, and both ways in and out lead to the same page. */
{
  const page = await newPage(browser, { javaScriptEnabled: false });
  await page.goto(`${address}/zwgk/tjdt/`);
  await page.click('a.plain-only');
  say('elder entrance', page.url() === `${address}/zz/zwgk/tjdt/` ? [] : [page.url()]);
  await page.click('.rows a');
  say('elder mode survives', /\/zz\/zwgk\/tjdt\/2026\/\d+\.html$/.test(page.url()) ? [] : [page.url()]);
  await page.click('a.elder-only');
  say('elder exit', /:\d+\/zwgk\/tjdt\/2026\/\d+\.html$/.test(page.url()) ? [] : [page.url()]);
  await page.click('.crumbs a');
  say('the crumbs lead home', page.url() === `${address}/` ? [] : [page.url()]);
  await page.context().close();
}

/* Words of a title are found, parted or not, and what was withdrawn is not. */
{
  const page = await newPage(browser);
  const wanted = [['工作 第 23期', ['全市统计工作动态第23期']], ['撤下的一篇', []],
    ['失效的一篇', ['失效的一篇']], ['<img src=x onerror=alert(1)>', []]];
  for (const [words, titles] of wanted) {
    await page.goto(`${address}/`);
    await page.fill('input[name="q"]', words);
    await page.click('.search button');
    await page.waitForFunction(() => /共|没有|暂时/.test(document.getElementById('said').textContent));
    const found = await page.$$eval('#found a', (links) => links.map((link) => link.textContent));
    say(`search for ${words}`, JSON.stringify(found) === JSON.stringify(titles) ? [] : [found.join()]);
    say(`search for ${words}, policy`, page.complaints.splice(0));
  }
  await page.goto(`${address}/zz/search.html?q=23`);
  await page.waitForSelector('#found mark');
  const target = await page.getAttribute('#found a', 'href');
  say('search keeps the elder mode', target === 'zwgk/tjdt/2026/23.html' ? [] : [target]);
  await page.context().close();
}

/* The keyboard comes to the text first, and sees where it is. */
{
  const page = await newPage(browser);
  await page.goto(`${address}/sjfb/2027/1.html`);
  await page.keyboard.press('Tab');
  const skip = await page.evaluate(() => document.activeElement.className);
  say('skip link is first', skip === 'skip' ? [] : [skip]);
  await page.keyboard.press('Enter');
  const target = await page.evaluate(() => document.activeElement.id);
  say('skip link leads to the text', target === 'main' ? [] : [target]);
  await page.emulateMedia({ media: 'print' });
  const shown = await page.evaluate(() => ['.head', '.foot', '.crumbs']
    .filter((part) => getComputedStyle(document.querySelector(part)).display !== 'none'));
  say('paper shows the text alone', shown.map((part) => `${part} is printed`));
  if (pictures) {
    await page.pdf({ path: join(pictures, 'item.pdf'), preferCSSPageSize: true });
  }
  await page.context().close();
}
await browser.close();
server.close();

/* The budget of bytes, and nothing that is fetched from elsewhere. */
const style = gzipSync(readFileSync(join(root, 's/style.css')), { level: 9 }).length;
const frame = gzipSync(readFileSync(join(root, 'sjfb/2027/1.html')), { level: 9 }).length;
say('stylesheet within 6 KB', style <= 6144 ? [] : [`${style} bytes`]);
say('page frame within 6 KB', frame <= 6144 ? [] : [`${frame} bytes`]);
const html = readFileSync(join(root, 'sjfb/2027/1.html'), 'utf8');
say('no script', /<script|\son\w+=|style=/.test(html) ? ['found'] : []);
say('no foreign host', /(src|stylesheet" href)="https?:/.test(html) ? ['found'] : []);

for (const failure of failures) {
  console.log(failure);
}
console.log(`public theme: ${passed} passed, ${failures.length} failed`);
process.exit(failures.length === 0 ? 0 : 1);
