/*
 * The second regulation in real Chromium: node bazhong.mjs PROGRAM [PICTURES]; chromium
 * beside it knows what it needs.
 *
 * A decision of a meeting is published with the meeting cited; what the office does not
 * adopt ends there, what it returns begins anew; what is late states why, and the form
 * says so; matters are filed, missed and answered.
 */
import { strict as assert } from 'node:assert';
import { beginWalk } from './office.mjs';
import { password } from './server.mjs';

const [program, pictures] = process.argv.slice(2);
const walk = await beginWalk(program, 'bazhong-nr', pictures);
const { server, step, look, lookOnce, enter } = walk;
const titles = {
  meeting: '关于2026年度国有建设用地供应计划调整的集体决策情况公示公告',
  declined: '局机关工会组织职工开展秋季健步走活动',
  late: '关于公布第三季度土地征收信息公开情况的通报',
};
const ids = {};
let writer;

const daysAgo = (days) => new Date(Date.now() - days * 86400000).toISOString().slice(0, 10);

async function write(page, title, kind, fields) {
  await page.goto(`${server.office}/manuscripts/new`);
  await page.locator('#f-title').fill(title);
  await page.locator('#f-column').selectOption({ index: 1 });
  await page.locator('#f-class').selectOption(kind);
  await page.locator('main form button.btn-primary').click();
  await page.waitForURL('**/edit');
  const [, id] = /manuscripts\/([^/]+)\/edit/.exec(page.url());
  for (const [name, value] of Object.entries({ origin: daysAgo(1), source: '办公室', ...fields })) {
    await page.locator(`[name="${name}"]`).first().fill(value);
  }
  await page.locator('#f-disclosure').selectOption('active');
  await page.locator('#body-editor').click();
  await page.keyboard.type('经局党组会议研究，现将有关情况公布如下。');
  const saved = page.waitForResponse((answer) => answer.url().includes('autosave'));
  await page.keyboard.press('Control+s');
  await saved;
  return id;
}

async function submit(page) {
  await page.locator('button[name="then"][value="submit"]').click();
  await page.waitForURL('**/submit');
  await look(page, 'submit');
  for (const box of await page.locator('main input[type=checkbox]').all()) {
    await box.check();
  }
  await page.locator('main form button.btn-primary').click();
  await page.waitForURL('**/desk?tab=sent*');
}

/* Whoever holds *post* decides *outcome* on the text. */
async function decide(post, id, outcome, { name, opinion } = {}) {
  const page = await enter(post);
  await page.goto(`${server.office}/manuscripts/${id}/review`);
  if (name) {
    await look(page, `review-${name}`);
  }
  for (const value of ['no', 'clear']) {
    for (const choice of await page.locator(`#decision input[type=radio][value="${value}"]`).all()) {
      await choice.check();
    }
  }
  for (const box of await page.locator('#decision input[type=checkbox], ' +
      'input[type=checkbox][form=decision]').all()) {
    await box.check();
  }
  if (opinion) {
    await page.locator('#f-opinion').fill(opinion);
  }
  await page.locator(`#decision button[value="${outcome}"]`).click();
  await walk.sign(page, name);
  if (name) {
    await look(page, `signed-${name}`);
  }
  await page.context().close();
}

async function release(id, name, reason) {
  const page = await enter('办公室发布岗');
  await page.goto(`${server.office}/release/${id}`);
  await look(page, `release-${name}`);
  if (reason) {
    await page.locator('#f-reason').fill(reason);
  }
  await page.locator('#f-password').fill(password);
  await page.locator('main form button.btn-primary').click();
  await page.waitForURL('**/done');
  await page.context().close();
}

await step('a decision of a meeting is submitted with the meeting cited', async () => {
  writer = await enter('李小兰');
  await look(writer, 'desk-writer');
  ids.meeting = await write(writer, titles.meeting, 'collective', {});
  await look(writer, 'edit-collective');
  writer.expected.add(409);
  await writer.locator('button[name="then"][value="submit"]').click();
  await writer.waitForURL('**/submit');
  await lookOnce(writer, 'submit-without-meeting');
  assert.match(await writer.locator('main').innerText(), /第十三条/);
  await writer.goto(`${server.office}/manuscripts/${ids.meeting}/edit`);
  await writer.locator('[name="meeting-name"]').fill('局党组2026年第21次会议');
  await writer.locator('[name="meeting-date"]').fill(daysAgo(2));
  await writer.locator('[name="meeting-number"]').fill('〔2026〕21号');
  await submit(writer);
});

await step('the head passes it, the office adopts it, it goes live', async () => {
  await decide('科室（单位）负责人', ids.meeting, 'pass', { name: 'head' });
  await decide('办公室采编审核岗', ids.meeting, 'adopt', { name: 'adoption' });
  await release(ids.meeting, 'meeting');
  await writer.goto(`${server.office}/manuscripts/${ids.meeting}`);
  await look(writer, 'manuscript-meeting');
  await writer.goto(`${server.office}/manuscripts/${ids.meeting}/review-form`);
  await look(writer, 'form-meeting');
  assert.match(await writer.locator('.paper').innerText(), /第21次会议/);
});

await step('what is returned comes back, what is not adopted ends', async () => {
  ids.declined = await write(writer, titles.declined, 'collective',
    { 'meeting-name': '工会例会', 'meeting-date': daysAgo(2), 'meeting-number': '3号' });
  await submit(writer);
  await decide('科室（单位）负责人', ids.declined, 'pass');
  await decide('办公室采编审核岗', ids.declined, 'fail', { opinion: '请补充时间。' });
  await writer.goto(`${server.office}/desk`);
  await look(writer, 'desk-returned');
  await writer.goto(`${server.office}/manuscripts/${ids.declined}/edit`);
  await writer.locator('#body-editor').waitFor();
  await writer.locator('#body-editor').click();
  await writer.keyboard.press('Control+End');
  await writer.keyboard.type('活动时间为11月20日。');
  await submit(writer);
  await decide('科室（单位）负责人', ids.declined, 'pass');
  await decide('办公室采编审核岗', ids.declined, 'decline',
    { name: 'decline', opinion: '与局网站栏目无关。' });
  await writer.goto(`${server.office}/manuscripts/${ids.declined}`);
  await look(writer, 'manuscript-refused');
});

await step('what is late says why, and the form says so', async () => {
  ids.late = await write(writer, titles.late, 'collective', { origin: daysAgo(60),
    'meeting-name': '局长办公会', 'meeting-date': daysAgo(60), 'meeting-number': '9号' });
  await submit(writer);
  await decide('科室（单位）负责人', ids.late, 'pass');
  await decide('办公室采编审核岗', ids.late, 'adopt');
  await release(ids.late, 'late', '等待市政府批复。');
  await writer.goto(`${server.office}/manuscripts/${ids.late}/review-form`);
  await look(writer, 'form-late');
  assert.match(await writer.locator('.paper').innerText(), /等待市政府批复/);
});

await step('matters are filed, missed and answered', async () => {
  await writer.goto(`${server.office}/rules`);
  await look(writer, 'rules');
  await writer.goto(`${server.office}/matters`);
  await look(writer, 'matters-first');
  await writer.goto(`${server.office}/matters/new?kind=support`);
  await look(writer, 'matter-new');
  writer.expected.add(422);
  await writer.locator('#f-title').fill('');
  await writer.locator('#f-title').evaluate((field) => field.removeAttribute('required'));
  await writer.locator('#f-words').fill('网站专栏需要一名美工协助两周。');
  await writer.locator('main form button.btn-primary').click();
  await writer.locator('#errors').waitFor();
  assert.equal(await writer.locator('#f-words').inputValue(), '网站专栏需要一名美工协助两周。');
  await lookOnce(writer, 'matter-wrong');
  await writer.locator('#f-title').fill('请求美工支持');
  await writer.locator('main form button.btn-primary').click();
  await writer.locator('main .notice').waitFor();
  await look(writer, 'matter-open');
  const address = writer.url();
  const head = await enter('科室（单位）负责人');
  await head.goto(`${server.office}/desk`);
  await head.getByRole('link', { name: '请求美工支持' }).first().click();
  assert.equal(head.url(), address.replace(/\?.*/, ''));
  await look(head, 'matter-answer');
  await head.locator('#f-answer').fill('同意，由宣传组派人。');
  await head.locator('button[name="agreed"][value="yes"]').click();
  await head.locator('main .notice').waitFor();
  await look(head, 'matter-closed');
  await head.goto(`${server.office}/matters?state=answered`);
  await look(head, 'matters');
  const list = await head.request.get(`${server.office}/matters.xlsx?state=answered`);
  assert.equal((await list.body()).subarray(0, 2).toString(), 'PK');
  await head.context().close();
});

await step('an application goes its route from desk to desk', async () => {
  const head = await enter('科室（单位）负责人');
  await head.goto(`${server.office}/matters/new?kind=column-change`);
  await head.locator('#f-title').fill('topic/survey');
  await head.locator('#f-words').fill('第三次国土调查成果公布，需要一个专栏。');
  for (const line of await head.locator('textarea[name^="line-"]').all()) {
    await line.fill('考核要求');
  }
  await head.locator('main form button.btn-primary').click();
  await head.locator('main .notice').waitFor();
  await look(head, 'application-waits');
  assert.equal(await head.locator('#decision').count(), 0); /* not one's own */
  await head.context().close();
  const manager = await enter('办公室发布岗');
  await manager.goto(`${server.office}/desk`);
  await manager.getByRole('link', { name: 'topic/survey' }).first().click();
  await look(manager, 'application-decide');
  await manager.locator('#f-password').fill(password);
  await manager.locator('#decision button[value="pass"]').click();
  await manager.locator('main .notice').waitFor();
  await look(manager, 'application-agreed');
  assert.match(await manager.locator('main').innerText(), /同意调整/);
  await manager.context().close();
});

await step('every link that was seen leads somewhere', () => walk.followLinks(writer));

await walk.end();
