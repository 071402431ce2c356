/*
 * The pictures of the README, taken from a served demonstration:
 *
 *     node pictures.mjs http://127.0.0.1:8080 http://127.0.0.1:8081 ../../docs/pictures
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launch, newPage } from './harness.mjs';

const [office, site, folder] = process.argv.slice(2);
const desktop = { width: 1200, height: 760 };
const phone = { width: 390, height: 780 };
if (!folder) {
  console.error('usage: node pictures.mjs OFFICE PUBLIC FOLDER');
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
const browser = await launch();

async function enter(person, size) {
  const page = await newPage(browser, { size });
  await page.goto(`${office}/sign-in`);
  await page.click(`button[name=person][value="${person}"]`);
  await page.waitForURL(`${office}/desk`);
  return page;
}

async function take(page, name) {
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

/* Open the task on the desk whose title holds *words*. */
async function open(page, words) {
  await page.locator('.tasks .title', { hasText: words }).first().click();
}

const arrival = await newPage(browser, { size: desktop });
await arrival.goto(`${office}/sign-in`);
await take(arrival, 'sign-in');

const clerk = await enter('li.xiaolan', desktop);
await take(clerk, 'desk');
await open(clerk, '普查工作部署会');
await take(clerk, 'editor');

const leader = await enter('zhou.zhengguo', phone);
await open(leader, '工业经济运行分析');
await take(leader, 'review-phone');

const centre = await enter('liang.zhiyuan', desktop);
await centre.goto(`${office}/release`);
await take(centre, 'release');

const reader = await newPage(browser, { size: desktop });
await reader.goto(`${site}/`);
await take(reader, 'public');
await reader.locator('main a', { hasText: '2026年上半年全市国民经济运行情况' }).first().click();
await take(reader, 'item');

await browser.close();
