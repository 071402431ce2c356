/*
 * Two bodies on one installation in real Chromium: node together.mjs PROGRAM [PICTURES];
 * chromium beside it knows what it needs.
 *
 * Who works under both sees on the desk and in the list which body each line belongs to,
 * narrows them to one, writes for the one that was chosen under its own rulebook; each
 * site stands at an address of its own.
 */
import { strict as assert } from 'node:assert';
import { request as ask } from 'node:http';
import { beginWalk } from './office.mjs';

const [program, pictures] = process.argv.slice(2);
const walk = await beginWalk(program, 'liuzhou-stats,changshan-tax', pictures);
const { server, step, look, lookOnce, enter } = walk;
const names = { main: '柳州', tax: '常山' };
let writer;

await step('the desk says to which body each task belongs', async () => {
  writer = await enter('李小兰');
  await look(writer, 'together-desk');
  const all = await writer.locator('.task .meta').allInnerTexts();
  assert.ok(all.some((line) => line.includes(names.main)));
  assert.ok(all.some((line) => line.includes(names.tax)));
  await writer.locator('main nav .tabs a', { hasText: names.tax }).click();
  await writer.waitForURL('**/desk?site=changshan-tax');
  for (const line of await writer.locator('#tasks-head').locator('xpath=../../ul/li')
    .allInnerTexts()) {
    assert.match(line, /常山/);
  }
  await look(writer, 'together-desk-one');
});

await step('the list of manuscripts too', async () => {
  await writer.goto(`${server.office}/manuscripts`);
  await look(writer, 'together-manuscripts');
  await writer.locator('#f-site').selectOption('changshan-tax');
  await writer.locator('form.filters button').click();
  await writer.waitForURL('**site=changshan-tax**');
  for (const line of await writer.locator('#list tbody tr').allInnerTexts()) {
    assert.match(line, /常山/);
  }
});

await step('a text is begun for the body that was chosen', async () => {
  await writer.goto(`${server.office}/manuscripts/new?site=changshan-tax`);
  await lookOnce(writer, 'together-begin');
  const classes = await writer.locator('#f-class option').allInnerTexts();
  assert.ok(classes.includes('科室内部信息'));
  await writer.goto(`${server.office}/manuscripts/new?site=main`);
  const others = await writer.locator('#f-class option').allInnerTexts();
  assert.ok(!others.includes('科室内部信息'));
});

await step('columns and the rulebook are those of the body that was chosen', async () => {
  await writer.goto(`${server.office}/rules?site=changshan-tax`);
  await look(writer, 'together-rules');
  assert.match(await writer.locator('main').innerText(), /常山/);
  await writer.goto(`${server.office}/columns?site=changshan-tax`);
  await look(writer, 'together-columns');
  await writer.goto(`${server.office}/columns/list`);
  await look(writer, 'together-standings');
});

await step('each site stands at an address of its own', async () => {
  const at = (host) => new Promise((done, failed) => {
    const to = new URL(server.open);
    const request = ask({ host: to.hostname, port: to.port, path: '/', headers: { host } },
      (answer) => {
        let text = '';
        answer.on('data', (piece) => { text += piece; });
        answer.on('end', () => done(text));
      });
    request.on('error', failed);
    request.end();
  });
  assert.match(await at(new URL(server.open).host), /柳州/);
  assert.match(await at(`changshan-tax.localhost:${new URL(server.open).port}`), /常山/);
  assert.ok(!(await at('changshan-tax.localhost')).includes('柳州'));
});

await walk.end();
