/*
 * Look at every screen: node look.mjs PAGES STATIC [PICTURES [NAME…]]
 *
 * PAGES holds what tools/preview made, STATIC the built front end.  Each page
 * is opened in Chromium under the office's policy, in both languages, on a
 * desktop and on a phone, and in Chinese at 320 pixels; axe-core and our own
 * measures must find nothing.
 * With PICTURES, a picture of each is left there for people to look at.
 */
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { axe, launch, measure, newPage, serveFolders, sizes } from './harness.mjs';

const [pages, statics, pictures, ...only] = process.argv.slice(2).map((path, index) =>
  (index < 3 ? resolve(path) : path));
const isWhole = (name) => readFileSync(join(pages, name), 'utf8').startsWith('<!DOCTYPE');
const names = readdirSync(pages).filter((name) => name.endsWith('.html') && isWhole(name))
  .filter((name) => only.length === 0 || only.some((stem) => name.startsWith(stem))).sort();
const server = await serveFolders({ '/static/': statics, '/': pages });
const browser = await launch();
let wrong = 0;
let looked = 0;

if (pictures) {
  mkdirSync(pictures, { recursive: true });
}
for (const [device, size] of Object.entries(sizes)) {
  for (const language of device === 'narrow' ? ['zh-CN'] : ['zh-CN', 'en']) {
    const page = await newPage(browser, { size, language });
    for (const name of names.filter((each) => each.endsWith(`.${language}.html`))) {
      page.complaints.length = 0;
      await page.goto(`${server.address}/${encodeURIComponent(name)}`);
      const said = [...page.complaints, ...await measure(page),
        ...(device === 'narrow' ? [] : await axe(page))];
      looked += 1;
      wrong += said.length;
      said.forEach((line) => console.log(`${name} ${device}: ${line}`));
      if (pictures && device !== 'narrow') {
        await page.screenshot({ path: join(pictures, name.replace('.html', `.${device}.png`)),
          fullPage: true });
      }
    }
    await page.context().close();
  }
}
await browser.close();
server.close();
console.log(`${looked} screens looked at, ${wrong} complaints`);
process.exit(wrong > 0 ? 1 : 0);
