/*
 * The corners of the office in real Chromium: what people meet less often than the main
 * job.  node corners.mjs PROGRAM [PICTURES]; chromium beside it knows what
 * it needs.
 *
 * An account and its first sign-in, units and posts, a list with mistakes, a signature on
 * paper that differs, a ruling, a recall, two who edit at once, the correction of a live
 * item, a withdrawal, the verification of the ledger, an empty desk.
 */
import { strict as assert } from 'node:assert';
import { sizes } from './harness.mjs';
import { beginWalk } from './office.mjs';
import { password } from './server.mjs';

const [program, pictures] = process.argv.slice(2);
const walk = await beginWalk(program, 'liuzhou-stats', pictures);
const { server, step, look, lookOnce, visitor, enter, press } = walk;
const titles = {
  paper: '关于开展2026年规模以上工业企业统计数据质量核查工作的通知',
  ruling: '第五次全国经济普查专项工作部署会议召开情况',
  live: '2026年10月全市工业生产者出厂价格和购进价格变动情况',
};
const ids = {};
let writer;
let firstPassword = '';

/* A manuscript of *title*, with *text*, on the page before its submission. */
async function write(page, title, text) {
  await page.goto(`${server.office}/manuscripts/new`);
  await page.locator('#f-title').fill(title);
  await page.locator('#f-column').selectOption({ label: '统计分析' });
  await page.locator('#f-class').selectOption('statistics');
  await page.locator('main form button.btn-primary').click();
  await page.waitForURL('**/edit');
  const [, id] = /manuscripts\/([^/]+)\/edit/.exec(page.url());
  await page.locator('#f-origin').fill(new Date().toISOString().slice(0, 10));
  await page.locator('#f-source').fill('工业科');
  await page.locator('#f-disclosure').selectOption('active');
  await page.locator('#body-editor').click();
  await page.keyboard.type(text);
  await page.locator('button[name="then"][value="submit"]').click();
  await page.waitForURL('**/submit');
  return id;
}

async function submit(page) {
  for (const box of await page.locator('main input[type=checkbox]').all()) {
    await box.check();
  }
  await page.locator('main form button.btn-primary').click();
  await page.waitForURL('**/desk?tab=sent*');
}

async function passAll(id, from, to) {
  const hands = [['陈立', 'pass'], ['李小兰', 'submit'], ['黄敏', 'pass'], ['周正国', 'return'],
    ['黄敏', 'release'], ['梁志远', 'clean']];
  for (const [name, outcome] of hands.slice(from, to)) {
    const page = await enter(name);
    await page.goto(`${server.office}/manuscripts/${id}/review`);
    for (const box of await page.locator('#decision input[type=checkbox], ' +
        'input[type=checkbox][form=decision]').all()) {
      await box.check();
    }
    for (const value of ['no', 'clear', 'agreed', 'release']) {
      for (const choice of await page
        .locator(`#decision input[type=radio][value="${value}"]`).all()) {
        await choice.check();
      }
    }
    await page.locator(`#decision button[value="${outcome}"]`).click();
    await walk.sign(page);
    await page.context().close();
  }
}

const save = (page) => page.locator('main form button.btn-primary').first().click();

await step('an empty desk says so', async () => {
  const page = await enter('覃海');
  assert.equal(await page.locator('#tab').count(), 0); /* he writes nothing */
  await look(page, 'desk-empty');
  assert.equal(await page.locator('form.seek').count(), 0);
  await page.context().close();
});

await step('the office sets up a unit, a post and a person', async () => {
  const page = await enter('韦佳');
  await page.goto(`${server.office}/people`);
  await look(page, 'people');
  await page.locator('.tree a').first().click();
  await page.getByRole('link', { name: '增设下级单位…' }).click();
  await look(page, 'unit-new');
  page.expected.add(422);
  await page.locator('#f-title').fill('能源科');
  await page.locator('#f-code').fill('Energy!');
  await page.locator('#f-kind').selectOption('department');
  await save(page);
  await page.locator('#errors').waitFor();
  await lookOnce(page, 'unit-new-wrong');
  await page.locator('#f-code').fill('energy');
  await save(page);
  await page.locator('main .notice').waitFor();
  await look(page, 'unit');
  await page.getByRole('link', { name: '增设岗位…' }).click();
  await page.locator('#f-role').selectOption('handler');
  await look(page, 'post-new');
  await save(page);
  await page.locator('main .notice').waitFor();
  await page.goto(`${server.office}/people/persons/new`);
  await page.locator('#f-name').fill('梁小燕');
  await page.locator('#f-pinyin').fill('liang xiaoyan');
  await look(page, 'person-new');
  await page.locator('#f-name').fill('梁小燕');
  await page.locator('#f-pinyin').fill('liang xiaoyan');
  await save(page);
  await page.locator('main .notice').waitFor();
  await look(page, 'person');
  await page.goto(`${server.office}/people/posts?vacant=yes`);
  await look(page, 'posts-vacant');
  await page.locator('tbody a.title').first().click();
  await look(page, 'post-history');
  await page.goto(page.url() + '/appoint');
  await page.locator('#f-person').selectOption({ label: '梁小燕' });
  await look(page, 'appoint');
  await page.locator('#f-person').selectOption({ label: '梁小燕' });
  await page.locator('#f-until').fill(new Date(Date.now() + 9e9).toISOString().slice(0, 10));
  await save(page);
  await page.locator('main .notice').waitFor();
  await page.goto(`${server.office}/people/persons`);
  await look(page, 'persons');
  await page.context().close();
});

await step('a list with mistakes is answered line by line', async () => {
  const page = await enter('韦佳');
  await page.goto(`${server.office}/people/import`);
  await look(page, 'import');
  page.expected.add(422);
  await page.locator('#f-file').setInputFiles({ name: '人员.csv', mimeType: 'text/csv',
    buffer: Buffer.from('姓名,账号,单位,角色\n王一,Wang Yi,工业科,handler\n李二,li.er,没有的科,handler\n,zhao,工业科,king\n') });
  await save(page).catch(() => press(page, '检查并导入'));
  await page.locator('.no').waitFor();
  await lookOnce(page, 'import-faults');
  await page.setViewportSize(sizes.phone);
  await lookOnce(page, 'import-faults-phone');
  await page.context().close();
});

await step('the security administrator opens an account, and its holder changes the password', async () => {
  const page = await enter('莫岚');
  await look(page, 'desk-security');
  await page.goto(`${server.office}/accounts`);
  await look(page, 'accounts');
  await page.getByRole('link', { name: '新建账号' }).click();
  await page.locator('#f-person').selectOption({ label: '梁小燕' });
  await page.locator('#f-login').fill('liang.xiaoyan');
  await look(page, 'account-new');
  await page.locator('#f-person').selectOption({ label: '梁小燕' });
  await page.locator('#f-login').fill('liang.xiaoyan');
  await save(page);
  await page.waitForURL('**/open');
  await look(page, 'account-open');
  await page.locator('#f-password').fill(password);
  await save(page);
  await page.locator('#first-password').waitFor();
  await lookOnce(page, 'account-opened');
  firstPassword = await page.locator('#first-password').innerText();
  await page.getByRole('link', { name: '已本人' }).or(page.locator('main a.btn-primary')).first().click();
  await look(page, 'account');
  const newcomer = await visitor();
  await newcomer.goto(`${server.office}/sign-in`);
  await newcomer.locator("#f-account").fill('liang.xiaoyan');
  await newcomer.locator('#f-password').first().fill(firstPassword);
  await press(newcomer, '登录');
  await newcomer.waitForURL('**/password');
  await look(newcomer, 'first-password');
  await newcomer.goto(`${server.office}/desk`);
  await newcomer.waitForURL('**/password');
  await newcomer.context().close();
  await page.locator('main a.btn', { hasText: '停用' }).click();
  await look(page, 'account-disable');
  await page.locator('#f-reason').fill('调离');
  await page.locator('#f-password').fill(password);
  await save(page);
  await page.locator('main .notice').waitFor();
  await lookOnce(page, 'account-disabled');
  await page.context().close();
});

await step('a signature on paper is entered; the second person finds that it differs', async () => {
  writer = await enter('李小兰');
  ids.paper = await write(writer, titles.paper, '请各企业按时报送。');
  await submit(writer);
  await passAll(ids.paper, 0, 3);
  const page = await enter('黄敏');
  await page.goto(`${server.office}/manuscripts/${ids.paper}`);
  await look(page, 'manuscript-waiting');
  await page.goto(`${server.office}/manuscripts/${ids.paper}/face-signature`);
  await look(page, 'face');
  await page.locator('#f-signer, [name=signer]').first().waitFor();
  await fillFace(page);
  await lookOnce(page, 'face-filled');
  await save(page);
  await page.locator('main .notice').waitFor();
  await look(page, 'face-entered');
  await page.goto(`${server.office}/manuscripts/${ids.paper}/face-signature`);
  await look(page, 'face-own');
  await page.context().close();
  const second = await enter('梁志远');
  await second.goto(`${server.office}/manuscripts/${ids.paper}`);
  await lookOnce(second, 'face-waiting');
  await second.goto(`${server.office}/manuscripts/${ids.paper}/face-signature`);
  await look(second, 'face-confirm');
  second.expected.add(422);
  await second.locator('button[value="no"]').click();
  await second.locator('#errors').waitFor();
  await lookOnce(second, 'face-differs-how');
  await second.locator('#f-reason').fill('纸面的签署日期是昨天。');
  await second.locator('button[value="no"]').click();
  await second.locator('main .notice').waitFor();
  await look(second, 'face-differs');
  await second.context().close();
});

async function fillFace(page) {
  const signer = page.locator('select[name=signer]');
  if (await signer.count()) {
    await signer.selectOption({ label: '周正国' });
  } else {
    await page.locator('input[name=signer]').first().check();
  }
  await page.locator('#f-act').selectOption('return');
  await page.locator('#f-number').fill('M-31');
  for (const value of ['yes', 'no', 'clear', 'agreed', 'release']) {
    for (const choice of await page.locator(`main input[type=radio][value="${value}"]`).all()) {
      await choice.check();
    }
  }
  await page.locator('#f-password').fill(password);
}

await step('it is entered anew and confirmed', async () => {
  const page = await enter('黄敏');
  await page.goto(`${server.office}/manuscripts/${ids.paper}/face-signature`);
  await look(page, 'face-again');
  await fillFace(page);
  await save(page);
  await page.locator('main .notice').waitFor();
  await page.context().close();
  const second = await enter('梁志远');
  await second.goto(`${server.office}/manuscripts/${ids.paper}/face-signature`);
  await second.locator('#f-password').fill(password);
  await second.locator('button[value="yes"]').click();
  await second.waitForURL('**/signed');
  await look(second, 'face-signed');
  await second.context().close();
});

await step('a blocked text is put before the person who may clear it', async () => {
  const page = writer;
  ids.ruling = await write(page, titles.ruling, '会议材料标有“机密★五年”字样的说明。');
  await look(page, 'submit-secret');
  await page.goto(`${server.office}/manuscripts/${ids.ruling}/edit`);
  await page.locator('#findings a.btn').first().click();
  await look(page, 'ruling-ask');
  await page.locator('#f-ground').fill('引用的是规定原文，不是标志。');
  await save(page);
  await page.locator('main .notice').waitFor();
  await look(page, 'ruling-asked');
});

await step('a submission is taken back', async () => {
  const page = writer;
  ids.live = await write(page, titles.live, '10月，全市工业生产者出厂价格同比下降1.2%。');
  await submit(page);
  await page.goto(`${server.office}/manuscripts/${ids.live}`);
  await look(page, 'manuscript-recall');
  await press(page, '撤回送审').catch(() => page.locator('form[action$="/recall"] button').click());
  await page.waitForURL('**/edit');
  await look(page, 'edit-recalled');
  await page.goto(`${server.office}/desk?tab=drafts`);
  await look(page, 'desk-drafts');
});

await step('two edit at once, and nothing typed is lost', async () => {
  const other = await writer.context().newPage();
  await writer.goto(`${server.office}/manuscripts/${ids.live}/edit`);
  await other.goto(`${server.office}/manuscripts/${ids.live}/edit`);
  await writer.locator('#body-editor').waitFor();
  await other.locator('#body-editor').waitFor();
  await other.locator('#body-editor').click();
  await other.keyboard.press('Control+Home');
  await other.keyboard.type('第一人改了这里。');
  await other.keyboard.press('Control+s');
  await other.waitForTimeout(800);
  await writer.locator('#body-editor').click();
  await writer.keyboard.press('Control+Home');
  await writer.keyboard.type('第二人也改了这里。');
  writer.expected.add(409);
  await writer.locator('button[name="then"][value="submit"]').click();
  await writer.waitForLoadState();
  await lookOnce(writer, 'conflict');
  await writer.setViewportSize(sizes.phone);
  await lookOnce(writer, 'conflict-phone');
  await writer.setViewportSize(sizes.desktop);
  await other.close();
  await writer.locator('main form button.btn-primary').click();
  await writer.waitForLoadState();
  await lookOnce(writer, 'conflict-resolved');
});

await step('a text goes live, is corrected anew, and is withdrawn', async () => {
  await writer.goto(`${server.office}/manuscripts/${ids.live}/submit`);
  await submit(writer);
  await passAll(ids.live, 0);
  const page = await enter('梁志远');
  await page.goto(`${server.office}/release/${ids.live}`);
  await page.locator('#f-password').fill(password);
  await save(page);
  await page.waitForURL('**/done');
  await writer.goto(`${server.office}/manuscripts/${ids.live}`);
  await look(writer, 'manuscript-live');
  await writer.goto(`${server.office}/manuscripts/${ids.live}/change`);
  await look(writer, 'change-live');
  await save(writer);
  await writer.waitForURL('**/edit');
  await look(writer, 'edit-change');
  await page.goto(`${server.office}/release?tab=published`);
  await look(page, 'release-today');
  await page.goto(`${server.office}/release/${ids.live}/withdraw`);
  await look(page, 'withdraw');
  page.expected.add(422);
  await page.locator('#f-password').fill(password);
  await page.locator('main form button.btn-primary').click();
  await page.waitForLoadState();
  await lookOnce(page, 'withdraw-wrong');
  await page.locator('input[name=kind][value=removal]').check();
  await page.locator('#f-reason').fill('数据有误，已另行公布。');
  await page.locator('#f-password').fill(password);
  await page.locator('main form button.btn-primary').click();
  await page.waitForURL('**/done');
  await look(page, 'withdrawn');
  await page.context().close();
  await writer.goto(`${server.office}/manuscripts/${ids.live}`);
  await look(writer, 'manuscript-withdrawn');
});

await step('the chain is verified while one waits, and lists go out', async () => {
  const page = await enter('罗平');
  await look(page, 'desk-audit');
  await page.goto(`${server.office}/ledger`);
  await press(page, '验证全部');
  await page.locator('#verified .sentence').waitFor();
  await look(page, 'ledger-verified');
  await page.goto(`${server.office}/ledger?chain=house`);
  await look(page, 'ledger-house');
  await page.locator('tbody a').first().click();
  await look(page, 'entry');
  await page.context().close();
  for (const path of ['manuscripts/list.xlsx', 'people/posts.xlsx']) {
    const keeper = await enter('韦佳');
    const answer = await keeper.request.get(`${server.office}/${path}`);
    assert.equal((await answer.body()).subarray(0, 2).toString(), 'PK');
    await keeper.context().close();
  }
});

await step('columns, versions, settings', async () => {
  const page = await enter('梁志远');
  await page.goto(`${server.office}/columns`);
  await look(page, 'columns');
  await page.locator('.tree a').nth(2).click();
  await look(page, 'column');
  await page.goto(`${server.office}/columns/new`);
  await look(page, 'column-new');
  await page.goto(`${server.office}/rules/versions`);
  await look(page, 'versions');
  await page.locator('tbody a.title').first().click();
  await look(page, 'version');
  await page.goto(`${server.office}/settings`);
  await look(page, 'settings');
  await page.goto(`${server.office}/manuscripts?q=nothing-like-this`);
  await look(page, 'manuscripts-none');
  await page.context().close();
});

await step('every link that was seen leads somewhere', () => walk.followLinks(writer, false));

await walk.end();
