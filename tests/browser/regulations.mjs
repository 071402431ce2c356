/*
 * One class of each further regulation in real Chromium: node regulations.mjs PROGRAM
 * [PICTURES]; chromium beside it knows what it needs.  RULEBOOKS names some of them only.
 *
 * A text is drafted in the editor and handed in, decided on by whoever has it, step by
 * step as the route says, released, read at its public address, and its form is fetched as
 * PDF.  Who acts is read from the screen, what lets a text pass from the rulebook.
 */
import { strict as assert } from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beginWalk } from './office.mjs';
import { password } from './server.mjs';

const [program, pictures] = process.argv.slice(2);
const root = fileURLToPath(new URL('../../', import.meta.url));
const daysAgo = (days) => new Date(Date.now() - days * 86400000).toISOString().slice(0, 10);

/* Which class of each is written; the first that its begin page offers if none is named. */
const regulations = {
  'changshan-tax': { kind: 'section' },
  cixi: {},
  'complaints-12365': {},
  daqing: {},
  education: { kind: 'information' },
  mashan: {},
  quality: {},
  shizhu: { kind: 'information' },
  weather: {},
  yunzhou: { kind: 'affairs' },
};

/* The answers to a rulebook's questions that let a text pass. */
function goodAnswers(rulebook) {
  const text = readFileSync(join(root, 'rulebooks', rulebook, 'rulebook.yaml'), 'utf8');
  const [, block = ''] = /^questions:\n([\s\S]*?)^\S/m.exec(text) ?? [];
  return Object.fromEntries(block.split(/^ {2}(?=\S)/m).slice(1).map((part) => {
    const choices = [...part.matchAll(/\{code: ([\w-]+)([^}]*)\}/g)];
    const choice = choices.find(([, , more]) => more.includes('approves: true')) ??
      choices.find(([, , more]) => !more.includes('bad: true'));
    const value = choice?.[1] ?? (/bad: "?no/.test(part) ? 'yes' : 'no');
    return [part.slice(0, part.indexOf(':')), value];
  }));
}

async function answer(page, answers, form) {
  for (const box of await page.locator(`${form} input[type=checkbox], ` +
      'input[type=checkbox][form=decision]').all()) {
    await box.check();
  }
  for (const [question, value] of Object.entries(answers)) {
    for (const choice of await page.locator(
      `input[type=radio][name="q-${question}"][value="${value}"]`).all()) {
      await choice.check();
    }
  }
  for (const line of await page.locator(`${form} [name^="q-"]:not([type=radio])` +
      ':not([type=checkbox])').all()) {
    const must = await line.evaluate((node) => node.closest('fieldset')?.querySelector('.must'));
    if (must) {
      await line.fill('无');
    }
  }
}

async function draft(walk, page, title, { kind, fields = {} }) {
  await page.goto(`${walk.server.office}/manuscripts/new`);
  await page.locator('#f-title').fill(title);
  if (kind) {
    await page.locator('#f-class').selectOption(kind);
  }
  const columns = await page.locator('#f-column option').count();
  for (let at = 0; at < columns; at += 1) { /* the first that takes the class */
    await page.locator('#f-column').selectOption({ index: at });
    await page.locator('main form button.btn-primary').click();
    await page.waitForLoadState();
    if (page.url().endsWith('/edit')) {
      break;
    }
  }
  const [, id] = /manuscripts\/([^/]+)\/edit/.exec(page.url());
  for (const field of await page.locator('form .field:has(.must) :is(input, textarea)[name]').all()) {
    if (await field.inputValue() === '') {
      await field.fill(await field.getAttribute('type') === 'date' ? daysAgo(1) : '办公室');
    }
  }
  for (const [name, value] of Object.entries(fields)) {
    await page.locator(`[name="${name}"]`).first().fill(value);
  }
  await page.locator('#f-disclosure').selectOption('active');
  await page.locator('#body-editor').click();
  await page.keyboard.type('经研究，现将有关情况公布如下，请各有关单位和群众周知。');
  const saved = page.waitForResponse((said) => said.url().includes('autosave'));
  await page.keyboard.press('Control+s');
  await saved;
  return id;
}

/* Who has it, as the list says: 在陈立处. */
async function holder(walk, page, title) {
  await page.goto(`${walk.server.office}/manuscripts?q=${encodeURIComponent(title)}`);
  const row = page.locator('#list tbody tr', { hasText: title }).first();
  const state = await row.locator('td').first().innerText();
  const [, names = ''] = /在(.+?)处/.exec(state) ?? [];
  return { state, names: names.split(/[、，]/).filter(Boolean) };
}

/* The present step, decided by the first of *names* whom the page lets decide. */
async function decide(walk, id, names, answers, picture) {
  for (const name of names) {
    const page = await walk.enter(name);
    await page.goto(`${walk.server.office}/manuscripts/${id}/review`);
    const buttons = page.locator('#decision button.btn-primary, #decision button[name="act"]');
    if (await buttons.count() > 0) {
      if (picture) {
        await walk.lookOnce(page, picture);
      }
      await answer(page, answers, '#decision');
      await buttons.first().click();
      await page.waitForLoadState();
      if (page.url().endsWith('/sign')) {
        await walk.sign(page);
      }
      await page.context().close();
      return true;
    }
    await page.context().close();
  }
  return false;
}

async function release(walk, id, names) {
  const page = await walk.enter(names[0]);
  await page.goto(`${walk.server.office}/release/${id}`);
  if (await page.locator('#f-reason').count() > 0) {
    await page.locator('#f-reason').fill('按期发布。');
  }
  await page.locator('#f-password').fill(password);
  await page.locator('main form button.btn-primary').click();
  await page.waitForURL('**/done');
  const address = await page.locator(`a[href^="${walk.server.open}"]`).first().getAttribute('href');
  await page.context().close();
  return address;
}

async function form(walk, page, rulebook, id) {
  await page.goto(`${walk.server.office}/manuscripts/${id}/review-form`);
  await walk.lookOnce(page, `${rulebook}-form`);
  const address = await page.locator('a[href*="pdf"]').first().getAttribute('href');
  const answered = await page.request.get(new URL(address, page.url()).href);
  const bytes = await answered.body();
  assert.equal(bytes.subarray(0, 5).toString(), '%PDF-');
  assert.ok(bytes.length > 5000);
  if (pictures) {
    writeFileSync(join(pictures, `${rulebook}.pdf`), bytes);
  }
}

const wanted = (process.env.RULEBOOKS ?? Object.keys(regulations).join(' ')).split(' ');
let wrong = 0;
for (const rulebook of wanted) {
  const given = regulations[rulebook];
  const walk = await beginWalk(program, rulebook, pictures);
  const answers = goodAnswers(rulebook);
  const title = `关于调整服务窗口开放时间的情况说明（${rulebook}）`;
  let writer;
  let id;
  let address;
  await walk.step(`${rulebook}: a text is drafted and handed in`, async () => {
    writer = await walk.enter('李小兰');
    id = await draft(walk, writer, title, given);
    await writer.locator('button[name="then"][value="submit"]').click();
    await writer.waitForURL('**/submit');
    await walk.lookOnce(writer, `${rulebook}-submit`);
    await answer(writer, answers, 'main');
    await writer.locator('main form button.btn-primary').click();
    await writer.waitForURL('**/desk?tab=sent*');
  });
  await walk.step(`${rulebook}: whoever has it decides, until it can be released`, async () => {
    for (let turn = 0; turn < 12; turn += 1) {
      const { state, names } = await holder(walk, writer, title);
      if (/待发/.test(state)) {
        address = await release(walk, id, names);
        return;
      }
      assert.ok(names.length > 0, `nobody has it: ${state}`);
      assert.ok(await decide(walk, id, names, answers, turn === 0 ? `${rulebook}-review` : ''),
        `none of ${names} can decide: ${state}`);
    }
    assert.fail('it does not come to its release');
  });
  await walk.step(`${rulebook}: the public reads it`, async () => {
    const reader = await walk.visitor();
    await reader.goto(address);
    assert.match(await reader.locator('h1').first().innerText(), /服务窗口/);
    await walk.takePicture(reader, `${rulebook}-public`);
    await reader.context().close();
  });
  await walk.step(`${rulebook}: its form is there, on screen and as PDF`, () =>
    form(walk, writer, rulebook, id));
  await walk.step(`${rulebook}: its history names each step and what was decided`, async () => {
    await writer.goto(`${walk.server.office}/manuscripts/${id}`);
    const told = await writer.locator('#history li .name').allInnerTexts();
    assert.ok(told.some((line) => /^.+：.+/.test(line)), told.join(' / '));
    assert.ok(!told.some((line) => line.startsWith('作出决定')), told.join(' / '));
    await walk.lookOnce(writer, `${rulebook}-history`);
  });
  wrong += await walk.close();
}
process.exit(wrong > 0 ? 1 : 0);
