/*
 * From a clerk's draft to the public page in real Chromium, on a real server:
 * node walk.mjs PROGRAM [PICTURES]; chromium beside it knows what it needs.
 *
 * Every page on the way is looked at twice, in Chinese on a desktop and in
 * English on a phone: nothing the policy stops, no error of a script, no answer
 * of 400 or above that was not asked for, no key where words should stand,
 * nothing axe-core or our own measures complain about.  At the end every link
 * that was seen must lead somewhere.
 *
 * Negative control: with SHENFA_HOME at a folder that holds share and a copy of
 * rulebooks in which the citizen ID number is a note (prohibitions, citizen-id:
 * "severity: note" for "severity: block"), the walk fails at "an ID number stops
 * the submission, with its article": there is no refusal on the page.
 */
import { strict as assert } from 'node:assert';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sizes } from './harness.mjs';
import { beginWalk } from './office.mjs';
import { password } from './server.mjs';
import { zip } from './zip.mjs';

const [program, pictures] = process.argv.slice(2);
const root = fileURLToPath(new URL('../../', import.meta.url));
const title = '2026年前三季度全市规模以上工业企业生产经营和效益情况统计分析';
const reason = '第二段请写明数据的口径。';
const citizen = '45020219900101123';
const number = citizen + '10X98765432'[[...citizen].reduce((sum, digit, at) =>
  sum + Number(digit) * (2 ** (17 - at) % 11), 0) % 11];

const word = `<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style><!--
p.MsoNormal{margin:0cm;font-family:仿宋}--></style></head><body lang=ZH-CN><!--StartFragment-->
<p class=MsoNormal style='text-indent:32.0pt'>　　前三季度，全市规模以上工业增加值同比增长<span style='color:red'>6.1%</span>。<o:p></o:p></p>
<table class=MsoTableGrid border=1 style='border:none'><tr><td width=189 style='width:141.8pt'><p class=MsoNormal>行业<o:p></o:p></p></td><td><p class=MsoNormal>增速（%）</p></td></tr><tr><td><p class=MsoNormal>汽车制造业</p></td><td><p class=MsoNormal align=right>7.4</p></td></tr></table><!--EndFragment--></body></html>`;

const paragraph = (text) => `<w:p><w:r><w:t>${text}</w:t></w:r></w:p>`;
const docx = zip({
  '[Content_Types].xml': '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
  '_rels/.rels': '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
  'word/document.xml': `<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${paragraph('　　装备制造业增长较快。')}${paragraph('　　下一步将继续做好监测。')}</w:body></w:document>`,
  'docProps/core.xml': '<?xml version="1.0"?><cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:creator>李小兰</dc:creator></cp:coreProperties>',
});

const walk = await beginWalk(program, 'liuzhou-stats', pictures);
const { server, step, look, lookOnce, takePicture, visitor, enter, press } = walk;
const sign = (page, name) => walk.sign(page, name);
const openTask = (page) => walk.openTask(page, title);

/* Everything the page asks, answered so that the text may go on. */
async function answerAll(page) {
  for (const box of await page.locator('#decision input[type=checkbox], ' +
      'input[type=checkbox][form=decision]').all()) {
    await box.check();
  }
  for (const value of ['no', 'clear', 'agreed', 'release']) {
    for (const choice of await page.locator(`#decision input[type=radio][value="${value}"]`).all()) {
      await choice.check();
    }
  }
}

async function pass(page, outcome, name) {
  await answerAll(page);
  await page.locator(`#decision button[value="${outcome}"]`).click();
  await sign(page, name);
  await look(page, `signed-${name}`);
}

/* The cursor after the last word of the text. */
async function toEnd(page) {
  await page.locator('#body-editor > p').last().click();
  await page.keyboard.press('Control+End');
}

async function openSubmission(page) {
  await page.locator('button[name="then"][value="submit"]').click();
  await page.waitForURL('**/submit');
}

async function submit(page) {
  for (const box of await page.locator('main input[type=checkbox]').all()) {
    await box.check();
  }
  await page.locator('main form button.btn-primary').click();
  await page.waitForURL('**/desk?tab=sent*');
  assert.match(await page.locator('main .notice').innerText(), /陈立/);
}

/* ---- The walk ---- */

let manuscript = '';
let writer;

await step('the sign-in page offers everyone of the demonstration', async () => {
  const page = await visitor();
  await page.goto(server.office);
  for (const name of ['李小兰', '陈立', '黄敏', '周正国', '梁志远', '覃海', '莫岚', '罗平']) {
    await page.locator('button[name="person"]', { hasText: name }).waitFor();
  }
  await look(page, 'sign-in');
  await page.context().close();
});

await step('a clerk begins a manuscript', async () => {
  writer = await enter('李小兰');
  await look(writer, 'desk-writer');
  await writer.getByRole('link', { name: '写稿' }).click();
  await look(writer, 'begin');
  await writer.locator('#f-title').fill(title);
  await writer.locator('#f-column').selectOption({ label: '统计分析' });
  await writer.locator('#f-class').selectOption('statistics');
  await writer.locator('main form button.btn-primary').click();
  await writer.waitForURL('**/edit');
  await writer.locator('#body-editor').waitFor();
  [, manuscript] = /manuscripts\/([^/]+)\/edit/.exec(writer.url());
});

await step('a table pasted from Word and a .docx are kept', async () => {
  await writer.locator('#f-origin').fill(new Date().toISOString().slice(0, 10));
  await writer.locator('#f-source').fill('工业科');
  await writer.locator('#f-disclosure').selectOption('active');
  await writer.locator('#body-editor').click();
  await writer.evaluate((html) => {
    const data = new DataTransfer();
    data.setData('text/html', html);
    document.getElementById('body-editor').dispatchEvent(new ClipboardEvent('paste',
      { clipboardData: data, bubbles: true, cancelable: true }));
  }, word);
  await writer.locator('#body-editor td', { hasText: '汽车制造业' }).waitFor();
  await toEnd(writer);
  await writer.locator('[data-choose="docx"]').setInputFiles({ name: '材料.docx',
    mimeType: 'application/octet-stream', buffer: docx });
  await writer.locator('#body-editor p', { hasText: '继续做好监测' }).waitFor();
  const older = await writer.evaluate(async (base64) => {
    const parts = new FormData();
    parts.set('csrf', document.querySelector('[name="csrf"]').value);
    parts.set('file', new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))]), '通知.doc');
    const answer = await fetch('/files/convert', { method: 'POST', body: parts,
      headers: { Accept: 'application/json' } });
    return answer.ok ? (await answer.text()).slice(0, 2) : (await answer.json()).sentence;
  }, readFileSync(join(root, 'tests/golden/older/letter.doc')).toString('base64'));
  assert.equal(older, existsSync('/usr/lib/libreoffice/program/soffice.bin') ? 'PK'
    : '这台服务器没有装 LibreOffice，读不了 .doc。请在 Word 或 WPS 里另存为 .docx 再用，或请管理员安装 LibreOffice。');
  await writer.locator('#f-file').setInputFiles({ name: '分行业数据.docx',
    mimeType: 'application/octet-stream', buffer: docx });
  await press(writer, '上传');
  await writer.locator('#attachments', { hasText: '分行业数据.docx' }).waitFor();
  await writer.locator('#attachments [role="status"]',
    { hasText: '已去除文件属性中的作者' }).waitFor();
});

await step('an ID number stops the submission, with its article', async () => {
  await toEnd(writer);
  await writer.keyboard.type(`联系人身份证号${number}。`);
  await writer.keyboard.press('Control+s');
  await writer.locator('#findings [data-remedy]').waitFor();
  await takePicture(writer, 'edit-finding.zh');
  await openSubmission(writer);
  const no = writer.locator('main .no');
  assert.match(await no.innerText(), /第四条/);
  assert.doesNotMatch(await no.innerText(), new RegExp(number));
  assert.equal(await writer.locator('main form button.btn-primary').count(), 0);
  await look(writer, 'submit-blocked');
});

await step('one press masks it, and the text is submitted', async () => {
  await writer.goto(`${server.office}/manuscripts/${manuscript}/edit`);
  await look(writer, 'edit');
  await writer.locator('#body-editor').waitFor();
  await press(writer, '打码');
  assert.doesNotMatch(await writer.locator('#body-editor').innerText(), new RegExp(number));
  await openSubmission(writer);
  await look(writer, 'submit');
  await submit(writer);
  await look(writer, 'desk-sent');
});

await step('the head is asked for a reason, then returns it', async () => {
  const page = await enter('陈立');
  await look(page, 'desk-head');
  await openTask(page);
  await look(page, 'review-head');
  page.expected.add(422);
  await page.locator('#decision button[value="fail"]').click();
  await page.locator('#errors').waitFor();
  await lookOnce(page, 'review-head-no-reason');
  assert.match(await page.locator('#errors').innerText(), /理由|原因/);
  await page.locator('#f-opinion').fill(reason);
  await page.locator('#decision button[value="fail"]').click();
  await sign(page, 'return');
  await look(page, 'signed-return');
  await page.context().close();
});

await step('the clerk reads the reason, corrects and submits again', async () => {
  await openTask(writer);
  await writer.waitForURL('**/edit');
  await writer.locator('#body-editor').waitFor();
  assert.match(await writer.locator('main').innerText(), new RegExp(reason));
  await look(writer, 'edit-returned');
  await writer.locator('#body-editor').waitFor();
  await toEnd(writer);
  await writer.keyboard.type('数据口径为规模以上工业。');
  await openSubmission(writer);
  await submit(writer);
});

await step('the head sees what changed, opens the attachment and signs', async () => {
  const page = await enter('陈立');
  await openTask(page);
  assert.match(await page.locator('#read ins').first().innerText(), /数据口径/);
  await look(page, 'review-head-again');
  await pass(page, 'pass', 'head');
  await page.context().close();
});

await step('the liaison submits and files it', async () => {
  await openTask(writer);
  await look(writer, 'review-liaison');
  await pass(writer, 'submit', 'liaison');
});

await step('the general section reviews it', async () => {
  const page = await enter('黄敏');
  await openTask(page);
  await pass(page, 'pass', 'section');
  await page.context().close();
});

await step('the leader reads and signs on a phone', async () => {
  const page = await enter('周正国', { size: sizes.phone });
  await look(page, 'desk-leader-phone');
  await openTask(page);
  await look(page, 'review-leader-phone');
  await pass(page, 'return', 'leader-phone');
  await page.context().close();
});

await step('the section carries out the instruction', async () => {
  const page = await enter('黄敏');
  await openTask(page);
  await look(page, 'review-disposition');
  await pass(page, 'release', 'disposition');
  await page.context().close();
});

await step('the data centre checks the wording and releases', async () => {
  const page = await enter('梁志远');
  await openTask(page);
  await look(page, 'review-final');
  await pass(page, 'clean', 'final');
  await page.goto(`${server.office}/release`);
  await look(page, 'release-desk');
  await page.locator('li.task', { hasText: title }).getByRole('link', { name: /发布/ }).first()
    .click();
  await look(page, 'release-form');
  await page.locator('#f-password').fill(password);
  await page.locator('main button.btn-primary').click();
  await page.waitForURL('**/done');
  await look(page, 'released');
  await page.context().close();
});

await step('the public page is there, plain and large', async () => {
  const page = await visitor();
  await page.goto(server.open);
  await look(page, 'public-home');
  await page.getByRole('link', { name: title }).first().click();
  assert.equal(await page.locator('h1').innerText(), title);
  assert.match(await page.locator('table').innerText(), /汽车制造业\s+7.4/);
  const text = await page.locator('main').innerText();
  assert.match(text, /继续做好监测/);
  assert.doesNotMatch(text, new RegExp(number));
  await look(page, 'public-item');
  const address = new URL(page.url());
  await page.goto(`${server.open}/zz${address.pathname}`);
  await look(page, 'public-elder');
  await page.goto(`${server.open}${address.pathname.replace(/[^/]+\/[^/]+$/, '')}`);
  await look(page, 'public-list');
  await page.goto(`${server.open}/sitemap.html`);
  await look(page, 'public-map');
  page.expected.add(404);
  await page.goto(`${server.open}/nothing-here.html`);
  await look(page, 'public-missing');
  await page.context().close();
});

await step('the form of the regulation prints, and every step is on record', async () => {
  const page = writer;
  const of = `${server.office}/manuscripts/${manuscript}`;
  await page.goto(of);
  await look(page, 'manuscript');
  await page.goto(`${of}/review-form`);
  await look(page, 'review-form');
  assert.match(await page.locator('.paper').innerText(), /周正国/);
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.locator('header, nav.side').first().isVisible(), false);
  assert.ok((await page.pdf({ preferCSSPageSize: true })).length > 1000);
  await page.emulateMedia({ media: 'screen' });
  const paper = await page.request.get(`${of}/review-form.pdf`);
  assert.equal(paper.status(), 200);
  assert.equal((await paper.body()).subarray(0, 5).toString(), '%PDF-');
  await page.goto(`${server.office}/manuscripts`);
  await look(page, 'manuscripts');
  await page.goto(`${server.office}/rules`);
  await look(page, 'rules');
  await page.goto(`${server.office}/rules/LZ-4.b`);
  await look(page, 'article');
});

/* Two pages of the same draft; a third save comes while the choice is made. */
await step('two people type in one draft, and nothing that anybody typed is lost', async () => {
  const page = await visitor();
  await page.context().addCookies(await writer.context().cookies());
  await page.goto(`${server.office}/manuscripts/new`);
  await page.locator('#f-title').fill('两人同改');
  await page.locator('#f-column').selectOption({ label: '统计分析' });
  await page.locator('#f-class').selectOption('statistics');
  await page.locator('main form button.btn-primary').click();
  await page.waitForURL('**/edit');
  const told = await page.evaluate(async (edit) => {
    const parse = (html) => new DOMParser().parseFromString(html, 'text/html');
    const load = async () => parse(await (await fetch(edit)).text());
    const post = async (form, changes) => {
      const fields = new URLSearchParams(new FormData(form));
      Object.entries(changes).forEach(([name, value]) => fields.set(name, value));
      const answer = await fetch(form.getAttribute('action'), { method: 'POST', body: fields });
      return { status: answer.status, page: parse(await answer.text()) };
    };
    const editor = (page) => page.getElementById('manuscript-form');
    const resolve = (page) => page.querySelector('form[action$="/resolve"]');
    await post(editor(await load()), { body: '<p>一</p><p>中</p><p>二</p>', source: '甲科' });
    const [hers, his] = [await load(), await load()];
    await post(editor(hers), { body: '<p>一，她写的</p><p>中</p><p>二</p>', source: '乙科' });
    const first = await post(editor(his),
      { body: '<p>一</p><p>中</p><p>二，他写的</p>', source: '丙科', 'doc-number': '示统字〔2026〕7号' });
    const choices = [...first.page.querySelectorAll('input[type="radio"]')].map((r) => r.name);
    await post(editor(await load()), { body: '<p>一，她写的，后来又写</p><p>中</p><p>二</p>' });
    const second = await post(resolve(first.page), { 'field-source': 'mine' });
    const third = await post(resolve(second.page), { 'field-source': 'mine' });
    const after = await load();
    return { statuses: [first.status, second.status, third.status], choices,
      body: after.querySelector('[name="body"]').value,
      source: after.querySelector('[name="source"]').value,
      number: after.querySelector('[name="doc-number"]').value };
  }, page.url());
  assert.deepEqual(told.statuses, [409, 409, 200]);
  assert.ok(told.choices.includes('field-source'), told.choices.join());
  assert.match(told.body, /一，她写的，后来又写[^]*中[^]*二，他写的/);
  assert.deepEqual([told.source, told.number], ['丙科', '示统字〔2026〕7号']);
  page.complaints.splice(0); /* the two 409 that were asked for */
  await page.context().close();
});

await step('every link that was seen leads somewhere', () => walk.followLinks(writer));

await walk.end();
