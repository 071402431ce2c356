/*
 * What none of the twelve regulations says, in real Chromium: node urgent.mjs PROGRAM
 * [PICTURES]; chromium beside it knows what it needs.
 *
 * Under tests/rulebooks/urgent an emergency goes live with its review owed, which stands on
 * every page of it until the review is done; what is returned comes down at once; three
 * sign in any order and two are enough; several items are decided with one password, each
 * with its own result.
 */
import { strict as assert } from 'node:assert';
import { fileURLToPath } from 'node:url';
import { beginWalk } from './office.mjs';
import { password } from './server.mjs';

const [program, pictures] = process.argv.slice(2);
const book = fileURLToPath(new URL('../rulebooks/urgent', import.meta.url));
const walk = await beginWalk(program, book, pictures);
const { server, step, look, lookOnce, enter } = walk;
const today = new Date(Date.now() + 8 * 3600000).toISOString().slice(0, 10);
const ids = {};
let writer;

async function write(page, title, kind, fields = {}) {
  await page.goto(`${server.office}/manuscripts/new`);
  await page.locator('#f-title').fill(title);
  await page.locator('#f-column').selectOption({ label: '通知公告' });
  await page.locator('#f-class').selectOption(kind);
  await page.locator('main form button.btn-primary').click();
  await page.waitForURL('**/edit');
  const [, id] = /manuscripts\/([^/]+)\/edit/.exec(page.url());
  for (const [name, value] of Object.entries({ origin: today, source: '值班室', ...fields })) {
    await page.locator(`[name="${name}"]`).first().fill(value);
  }
  await page.locator('#f-disclosure').selectOption('active');
  await page.locator('#body-editor').click();
  await page.keyboard.type('受强降雨影响，请沿河居民立即转移到高处。');
  const saved = page.waitForResponse((answer) => answer.url().includes('autosave'));
  await page.keyboard.press('Control+s');
  await saved;
  if (kind === 'alert') {
    await look(page, 'edit-alert');
  }
  await page.locator('button[name="then"][value="submit"]').click();
  await page.waitForURL('**/submit');
  await page.locator('main form button.btn-primary').click();
  await page.waitForURL('**/desk?tab=sent*');
  return id;
}

async function decide(post, id, outcome, { name, opinion } = {}) {
  const page = await enter(post);
  await page.goto(`${server.office}/manuscripts/${id}/review`);
  if (name) {
    await look(page, `review-${name}`);
  }
  for (const choice of await page.locator('#decision input[type=radio][value="no"]').all()) {
    await choice.check();
  }
  if (opinion) {
    await page.locator('#f-opinion').fill(opinion);
  }
  await page.locator(`#decision button[value="${outcome}"]`).click();
  await walk.sign(page, name);
  await page.context().close();
}

async function publicStatus(id) {
  const page = await enter('李小兰');
  await page.goto(`${server.office}/manuscripts/${id}`);
  const link = page.locator(`a[href^="${server.open}"]`).first();
  const address = await link.count() > 0 ? await link.getAttribute('href') : '';
  const answer = address ? await page.request.get(address) : null;
  await page.context().close();
  return { address, status: answer ? answer.status() : 0 };
}

async function releaseFirst(id, name) {
  const page = await enter('值班负责人');
  await page.goto(`${server.office}/manuscripts/${id}`);
  await page.locator(`a[href="/release/${id}/first"]`).click();
  if (name) {
    await look(page, name);
  }
  await page.locator('#f-reason').fill('险情逼近，等不得审核');
  await page.locator('#f-password').fill(password);
  await page.locator('main form button.btn-primary').click();
  await page.waitForURL('**/done');
  await page.context().close();
}

await step('an emergency goes live with its review owed', async () => {
  writer = await enter('李小兰');
  ids.alert = await write(writer, '关于沿河居民紧急转移的预警', 'alert',
    { 'emergency-at': `${today}T08:00` });
  await decide('陈立', ids.alert, 'pass');
  await releaseFirst(ids.alert, 'first');
  ids.public = await publicStatus(ids.alert);
  assert.equal(ids.public.status, 200);
  await writer.goto(`${server.office}/manuscripts/${ids.alert}`);
  await look(writer, 'owed');
  assert.match(await writer.locator('main').innerText(), /补审要在/);
});

await step('whoever reviews it sees until when', async () => {
  await decide('办公室主任', ids.alert, 'pass', { name: 'owed' });
  await decide('周正国', ids.alert, 'pass');
  await writer.goto(`${server.office}/manuscripts/${ids.alert}`);
  assert.doesNotMatch(await writer.locator('main').innerText(), /补审要在/);
  assert.equal((await publicStatus(ids.alert)).status, 200);
});

await step('what a reviewer returns comes down', async () => {
  ids.returned = await write(writer, '关于道路积水的预警', 'alert',
    { 'emergency-at': `${today}T08:00` });
  await decide('陈立', ids.returned, 'pass');
  await releaseFirst(ids.returned);
  const { address, status } = await publicStatus(ids.returned);
  assert.equal(status, 200);
  await decide('办公室主任', ids.returned, 'fail', { opinion: '积水点已经排除' });
  let now = 200;
  const page = await walk.visitor();
  while (now === 200) { /* the reaction follows the commit */
    now = (await page.request.get(address)).status();
  }
  assert.equal(now, 410);
  await page.context().close();
});

await step('three sign in any order, two are enough', async () => {
  ids.shared = await write(writer, '关于联合开展防汛检查的通知', 'shared');
  await decide('陈立', ids.shared, 'pass');
  await decide('安全机构', ids.shared, 'pass', { name: 'co-sign' });
  await writer.goto(`${server.office}/manuscripts/${ids.shared}`);
  assert.match(await writer.locator('main').innerText(), /安全机构 .+ 已签/);
  await look(writer, 'co-signed-once');
  await decide('法制机构', ids.shared, 'pass');
  await writer.goto(`${server.office}/manuscripts/${ids.shared}`);
  assert.match(await writer.locator('main').innerText(), /待发/);
});

await step('several items with one password, each with its own result', async () => {
  for (const name of ['一', '二', '三']) {
    ids[name] = await write(writer, `第${name}周工作动态`, 'routine');
  }
  const head = await enter('陈立');
  await head.goto(`${server.office}/desk`);
  await look(head, 'desk-together');
  await head.locator('a[href="/together"]').click();
  await look(head, 'together');
  await head.locator('#decision input[type=radio][value="no"]').check();
  await head.locator('#f-password').fill(password);
  /* One of them is decided meanwhile, on another screen. */
  await decide('陈立', ids['二'], 'pass');
  await head.locator('#decision button[value="pass"]').click();
  await head.locator('#results-head').waitFor();
  await lookOnce(head, 'together-results');
  const text = await head.locator('main').innerText();
  assert.match(text, /办成 \d+ 件，没有办成 1 件/);
  assert.match(text, /第一周工作动态\s+已办/);
  assert.match(text, /第二周工作动态\s+这一步已经办过/);
  assert.match(text, /第三周工作动态\s+已办/);
  await head.context().close();
});

await walk.followLinks(writer, false);
await walk.end();
