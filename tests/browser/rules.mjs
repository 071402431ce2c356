/*
 * A member of staff writes the next version of the rulebook in Chromium: a mistake is
 * shown at its line and mended, the difference stands in words, the cases are run, the
 * draft is proposed, another approves it, and the new version is in force.
 *
 *     node rules.mjs PROGRAM [PICTURES]
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sizes } from './harness.mjs';
import { beginWalk } from './office.mjs';
import { password } from './server.mjs';

const [program, pictures] = process.argv.slice(2);
const walk = await beginWalk(program, 'liuzhou-stats', pictures);
const { server, step, look, lookOnce, enter, visitor } = walk;

/* Where the shipped rulebook says it first, counted from 1. */
function lineOf(words) {
  const book = new URL('../../rulebooks/liuzhou-stats/rulebook.yaml', import.meta.url);
  return readFileSync(book, 'utf8').split('\n').findIndex((line) => line.includes(words)) + 1;
}

/* Whoever holds *post*: the list of people to enter as says it. */
async function enterAs(post, options) {
  const page = await visitor(options);
  await page.goto(`${server.office}/sign-in`);
  await page.locator('button[name="person"]', { hasText: post }).first().click();
  await page.waitForURL('**/desk');
  return page;
}

/* Through the editor's own search, as a person would. */
async function replace(page, from, to) {
  await page.locator('.cm-content').click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('Control+f');
  await page.locator('.cm-search input[name="search"]').fill('');
  await page.keyboard.type(from);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await page.keyboard.insertText(to);
}

const page = await enterAs('规则书管理岗');
page.setDefaultTimeout(120000); /* a proof walks every state, and others work here too */
let draft = '';

await step('a draft is begun from the version in force', async () => {
  await page.goto(`${server.office}/rules/versions`);
  await look(page, 'rule-versions');
  await page.locator('form[action="/rules/drafts"] button').click();
  await page.waitForURL('**/rules/drafts/*');
  draft = new URL(page.url()).pathname;
  await page.goto(`${server.office}${draft}?file=rulebook.yaml`);
  await page.locator('.cm-content').waitFor();
  await page.locator('#check .role-good', { hasText: '已证明' }).waitFor();
  await look(page, 'rule-draft');
});

await step('a mistake is seen at its line, with what was meant', async () => {
  await page.locator('.cm-content').waitFor();
  await replace(page, 'nature: reminder', 'nature: remindr');
  const fault = page.locator('#check [data-here]');
  await fault.waitFor();
  assert.match(await fault.textContent(), new RegExp(`第 ${lineOf('nature: reminder')} 行`));
  assert.match(await fault.textContent(), /是否应为“reminder”/);
  assert.equal(await page.locator('.cm-lintRange-error').textContent(), 'remindr');
  await lookOnce(page, 'rule-draft-fault.zh');
});

await step('the words that may stand there are offered', async () => {
  await replace(page, 'nature: remindr', 'nature: ');
  await page.keyboard.press('Control+Space');
  const offered = page.locator('.cm-tooltip-autocomplete li');
  await offered.first().waitFor();
  const words = (await offered.allTextContents()).join(' ');
  assert.match(words, /reminder/);
  assert.match(words, /hard/);
  await page.keyboard.insertText('so');
  await page.locator('.cm-tooltip-autocomplete li', { hasText: 'soft' }).waitFor();
  await page.locator('.cm-tooltip-autocomplete li', { hasText: 'soft' }).click();
});

await step('mended: the difference stands in words, and the proof holds', async () => {
  await replace(page, 'amount: 2', 'amount: 1');
  await page.locator('#check .changes li', { hasText: '由 2 个工作日改为 1 个工作日' }).waitFor();
  await page.locator('#check .changes li', { hasText: '性质由“仅提醒”改为“逾期须说明”' }).waitFor();
  await page.locator('#check .role-good', { hasText: '已证明' }).waitFor();
  await page.locator('#f-route').selectOption('activation');
  await page.locator('#drawn .diagram[aria-label="规则书启用"] svg').waitFor();
  await page.locator('#check .role-good', { hasText: '已证明' }).waitFor();
});

await step('what was typed is saved by itself, and is there after a fresh look', async () => {
  await page.waitForFunction(() =>
    Number(document.querySelector('input[name="version"]').value) > 1);
  await page.goto(`${server.office}${draft}?file=rulebook.yaml`);
  assert.match(await page.locator('#f-text').inputValue(), /amount: 1\n/);
  await page.locator('#check .changes li').first().waitFor();
});

await step('two windows: the later save is told, and nothing typed is lost', async () => {
  const other = await enterAs('规则书管理岗', { javaScriptEnabled: false });
  other.setDefaultTimeout(60000);
  await other.goto(`${server.office}${draft}?file=rulebook.yaml`);
  const text = await other.locator('#f-text').inputValue();
  await replace(page, 'remind: 1', 'remind: 0');
  await page.waitForFunction((from) =>
    Number(document.querySelector('input[name="version"]').value) > from,
  Number(await other.locator('input[name="version"]').inputValue()));
  other.expected.add(409);
  await other.bringToFront();
  await other.locator('#f-text').fill(text.replace('amount: 1', 'amount: 3'));
  await other.locator('button[name="then"]').press('Enter');
  await other.locator('.no[role="alert"]').waitFor();
  assert.match(await other.locator('#f-text').inputValue(), /amount: 3/);
  assert.match(await other.locator('pre.yaml').textContent(), /remind: 0/);
  await other.context().close();
  await page.bringToFront();
});

await step('without JavaScript the check comes with the save', async () => {
  const plain = await enterAs('规则书管理岗', { javaScriptEnabled: false });
  plain.setDefaultTimeout(60000);
  await plain.goto(`${server.office}${draft}?file=rulebook.yaml`);
  const text = await plain.locator('#f-text').inputValue();
  await plain.bringToFront();
  await plain.locator('#f-text').fill(text.replace('scope: own-unit', 'scope: own-unti'));
  await plain.locator('button[name="then"]').press('Enter');
  await plain.waitForURL('**file=rulebook.yaml**');
  assert.match(await plain.locator('#check .faults li').first().textContent(), /own-unit/);
  await plain.locator('#f-text').fill(text);
  await plain.locator('button[name="then"]').press('Enter');
  await plain.locator('#check .changes li').first().waitFor();
  await plain.context().close();
  await page.bringToFront();
});

await step('the cases are run, and say what the draft changes', async () => {
  await page.goto(`${server.office}${draft}?file=rulebook.yaml`);
  await page.locator(`form[action="${draft}/cases"] button`).click();
  await page.locator('#cases .status', { hasText: '过' }).waitFor({ timeout: 600000 });
  assert.match(await page.locator('#cases .status').textContent(), /\d+ 过，\d+ 败/);
  assert.match(await page.locator('#cases li').first().textContent(), /应显示“report 2026-12-0\d/);
  await look(page, 'rule-draft-cases');
});

await step('who may not write reads it; the form is not there', async () => {
  const reader = await enter('李小兰');
  await reader.goto(`${server.office}${draft}`);
  assert.equal(await reader.locator('form[action$="/propose"], form[action$="/cases"]').count(), 0);
  assert.equal(await reader.locator('#f-text').evaluate((field) => field.readOnly), true);
  await reader.context().close();
});

await step('proposed by one, approved by another, in force', async () => {
  await page.goto(`${server.office}${draft}?file=rulebook.yaml`);
  await replace(page, 'version: "1"', 'version: "2"');
  await page.waitForFunction(() => document.querySelector('#f-text').value.includes('"2"'));
  await page.locator('button[name="then"]').click();
  await page.waitForURL('**file=rulebook.yaml**');
  await page.locator(`form[action="${draft}/propose"] #f-password`).fill(password);
  await page.locator(`form[action="${draft}/propose"] button.btn-primary`).click();
  await page.waitForURL('**/rules/versions/*');
  const version = page.url();
  await page.locator('#cases .status', { hasText: '败' }).waitFor();
  await look(page, 'rule-version');
  const director = await enterAs('办公室主任');
  director.setDefaultTimeout(120000);
  await director.goto(version);
  await look(director, 'rule-version-decision');
  for (const box of await director.locator('#decision input[type="checkbox"]').all()) {
    await box.check();
  }
  await director.locator('#decision #f-password').fill(password);
  await director.locator('#decision button[value="pass"]').click();
  await director.waitForURL('**/rules/versions/*');
  await director.goto(version);
  assert.match(await director.locator('.status').first().textContent(), /现行|生效/);
  await director.goto(`${server.office}/rules`);
  assert.match(await director.locator('.page-head').textContent(), /v2/);
  await director.context().close();
});

await step('on a phone the draft is read, not written', async () => {
  await page.goto(`${server.office}/rules/versions`);
  await page.locator('form[action="/rules/drafts"] button').click();
  await page.waitForURL('**/rules/drafts/*');
  const address = page.url();
  const phone = await enterAs('规则书管理岗', { size: sizes.phone });
  await phone.goto(address);
  await phone.locator('.cm-content').waitFor();
  assert.equal(await phone.locator('.cm-content').getAttribute('contenteditable'), 'false');
  await lookOnce(phone, 'rule-draft-phone.zh');
  await phone.goto(`${server.office}/rules/values`);
  await look(phone, 'rule-values');
  await phone.context().close();
});

await step('the map says what is open, and the statement is printed', async () => {
  await page.goto(`${server.office}/rules`);
  await look(page, 'rule-map');
  await page.goto(`${server.office}/rules/statement`);
  await look(page, 'rule-statement');
  const paper = await page.request.get(`${server.office}/rules/statement.pdf`);
  assert.equal((await paper.body()).subarray(0, 5).toString(), '%PDF-');
  if (pictures) {
    writeFileSync(join(pictures, 'rule-statement.pdf'), await paper.body());
  }
});

await step('every link that was seen leads somewhere', () => walk.followLinks(page, false));

await walk.end();
