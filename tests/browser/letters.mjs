/*
 * Citizens' letters in real Chromium: node letters.mjs PROGRAM [PICTURES]; chromium beside
 * it knows what it needs.
 *
 * The centre enters a letter, looks at the day's, transfers; the department answers and
 * tells the writer; the centre has no answer for the director's mailbox; who has no part
 * in a letter finds none.
 */
import { strict as assert } from 'node:assert';
import { beginWalk } from './office.mjs';

const [program, pictures] = process.argv.slice(2);
const walk = await beginWalk(program, 'complaints-12365', pictures);
const { server, step, look, lookOnce, enter } = walk;
const writerName = '韦来信';
let centre;
let department;
let address;

async function enterLetter(page, mailbox, title) {
  await page.goto(`${server.office}/letters/new`);
  await page.locator('#f-mailbox').selectOption(mailbox);
  await page.locator('#f-channel').selectOption('phone');
  await page.locator('#f-title').fill(title);
  await page.locator('#f-words').fill('菜市场的计量秤不准，\n希望派人来看一看。');
  await page.locator('#f-writer').fill(writerName);
  await page.locator('#f-contact').fill('13900000000');
}

async function press(page) {
  await page.locator('main form button.btn-primary').click();
  await page.locator('main .notice').waitFor();
}

await step('a letter is entered by the receiver of its mailbox', async () => {
  centre = await enter('12365投诉咨询中心受理岗');
  await look(centre, 'letters-desk');
  await centre.goto(`${server.office}/letters`);
  await look(centre, 'letters-none');
  await enterLetter(centre, 'complaints', '');
  await look(centre, 'letter-new');
  await enterLetter(centre, 'complaints', '');
  centre.expected.add(422);
  await centre.locator('#f-title').evaluate((field) => field.removeAttribute('required'));
  await centre.locator('main form button.btn-primary').click();
  await centre.locator('#errors').waitFor();
  assert.equal(await centre.locator('#f-writer').inputValue(), writerName);
  await lookOnce(centre, 'letter-new-wrong');
  await centre.locator('#f-title').fill('反映菜市场计量秤不准');
  await press(centre);
  address = centre.url();
  assert.match(await centre.locator('main').innerText(), /13900000000/);
  await look(centre, 'letter-received');
});

await step("looking at the day's letters is recorded once", async () => {
  await centre.goto(`${server.office}/letters/look/complaints`);
  await look(centre, 'letter-look');
  await press(centre);
  await look(centre, 'letters-looked');
  assert.equal(await centre.locator('a[href="/letters/look/complaints"]').count(), 0);
});

await step('it is transferred, and answered by the department', async () => {
  await centre.goto(`${address}/transfer`);
  await look(centre, 'letter-transfer');
  await centre.locator('#f-unit').selectOption({ label: '工业科' });
  await centre.locator('#f-reason').fill('属工业科业务。');
  await press(centre);
  await centre.goto(address);
  await look(centre, 'letter-transferred');
  department = await enter('部门来信答复人');
  await look(department, 'letter-desk-department');
  await department.goto(address);
  await look(department, 'letter-department');
  await department.goto(`${address}/answer`);
  await look(department, 'letter-answer');
  await department.locator('#f-answer').fill('已派人到现场复检，两台秤已停用。');
  await press(department);
  await look(department, 'letter-answered');
  await department.goto(`${address}/tell`);
  await look(department, 'letter-tell');
  await department.locator('#f-how').selectOption('phone');
  await press(department);
  await look(department, 'letter-closed');
});

await step("the centre does not answer the director's mailbox", async () => {
  await enterLetter(centre, 'director-mailbox', '反映办事窗口排队时间长');
  await press(centre);
  assert.equal(await centre.locator('a[href$="/answer"]').count(), 0);
  await lookOnce(centre, 'letter-director');
  centre.expected.add(403);
  await centre.goto(`${centre.url()}/answer`);
  await centre.locator('#f-answer').fill('已办理。');
  await centre.locator('main form button.btn-primary').click();
  await centre.locator('.no').waitFor();
  await look(centre, 'letter-no-answer');
  await centre.goto(`${server.office}/letters`);
  await look(centre, 'letters');
});

await step('who watches sees no writer, a stranger no letter', async () => {
  const watcher = await enter('办公室主任');
  await watcher.goto(address);
  assert.doesNotMatch(await watcher.locator('main').innerText(), /韦来信|13900000000|已派人|letters/);
  await look(watcher, 'letter-withheld');
  const stranger = await enter('部门负责人');
  stranger.expected.add(404);
  await stranger.goto(address);
  assert.doesNotMatch(await stranger.locator('body').innerText(), /计量秤/);
  await stranger.goto(`${server.office}/letters`);
  assert.doesNotMatch(await stranger.locator('main').innerText(), /计量秤/);
  await look(stranger, 'letters-stranger');
});

await step('every link that was seen leads somewhere', () => walk.followLinks(centre));

await walk.end();
