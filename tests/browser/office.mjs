/*
 * What every walk through the office needs: a server of its own, people who enter, and a
 * look at each page, in Chinese on a desktop and in English on a phone: nothing the policy
 * stops, no error of a script, no answer of 400 or above that was not asked for, no key
 * where words should stand, nothing axe-core or our own measures complain about.
 */
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { axe, launch, measure, newPage, sizes } from './harness.mjs';
import { password, startServer } from './server.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const keys = readdirSync(join(root, 'share/words/en')).flatMap((name) =>
  readFileSync(join(root, 'share/words/en', name), 'utf8').split('\n')
    .map((line) => /^([a-z][\w-]*\.[\w.-]+)\s*=/.exec(line)?.[1]).filter(Boolean));

/*
 * A walk of *program* under *rulebook*: {server, browser, complaints, links, step, look,
 * lookOnce, takePicture, visitor, enter, press, sign, end}.  Each step stands on those
 * before it: after a failure the rest is left out.  end() stops everything, says what was
 * found and leaves the process.
 */
export async function beginWalk(program, rulebook, pictures) {
  const complaints = [];
  const links = new Map(); /* address: the page object whose session may fetch it */
  let looked = 0;
  let passed = 0;
  let failed = '';
  if (pictures) {
    mkdirSync(pictures, { recursive: true });
  }
  const server = await startServer(resolve(program), rulebook);
  const browser = await launch();

  async function takePicture(page, name) {
    if (pictures) {
      await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
    }
  }

  async function lookOnce(page, name) {
    looked += 1;
    const text = await page.evaluate(() => document.body.innerText);
    const untranslated = keys.filter((key) => text.includes(key))
      .map((key) => `key shown: ${key}`);
    const said = [...page.complaints.splice(0), ...untranslated, ...await measure(page),
      ...await axe(page)];
    complaints.push(...said.map((line) => `${name}: ${line}`));
    for (const href of await page.evaluate(() => [...document.links]
      .filter((link) => link.checkVisibility()).map((link) => link.href))) {
      const address = href.replace(/#.*/, '');
      if ((address.startsWith(server.office) || address.startsWith(server.open)) &&
          !links.has(address) && !address.includes('nothing-here')) {
        links.set(address, { page, from: name });
      }
    }
    await takePicture(page, name);
  }

  /* In Chinese on a desktop as it stands, then again in English on a phone. */
  async function look(page, name) {
    const size = page.viewportSize();
    await lookOnce(page, `${name}.zh`);
    const { origin } = new URL(page.url());
    await page.context().addCookies([{ name: 'language', value: 'en', url: origin }]);
    await page.setViewportSize(size.width < 768 ? sizes.desktop : sizes.phone);
    await page.reload();
    await lookOnce(page, `${name}.en`);
    await page.context().addCookies([{ name: 'language', value: 'zh-CN', url: origin }]);
    await page.setViewportSize(size);
    await page.reload();
  }

  async function visitor(options) {
    const page = await newPage(browser, options);
    page.setDefaultTimeout(10000);
    page.expected = new Set();
    page.on('response', (answer) => {
      if (answer.status() >= 400 && !page.expected.has(answer.status())) {
        page.complaints.push(`${answer.status()} for ${answer.url()}`);
      }
    });
    return page;
  }

  async function enter(name, options) {
    const page = await visitor(options);
    await page.goto(`${server.office}/sign-in`);
    await page.locator('button[name="person"]', { hasText: name }).click();
    await page.waitForURL('**/desk');
    return page;
  }

  async function step(name, run) {
    if (failed) {
      return;
    }
    const from = Date.now();
    try {
      await run();
      console.log(`passed: ${name} (${((Date.now() - from) / 1000).toFixed(1)} s)`);
      passed += 1;
    } catch (fault) {
      failed = name;
      console.log(`failed: ${name}: ${fault.stack}`);
      for (const page of browser.contexts().flatMap((context) => context.pages())) {
        console.log(`at ${page.url()}`);
        await takePicture(page, `failed-${browser.contexts().indexOf(page.context())}`);
      }
    }
  }

  /* On the page that shows what will be signed. */
  async function sign(page, name) {
    await page.waitForURL('**/sign');
    if (name) {
      await lookOnce(page, `sign-${name}`);
    }
    await page.locator('#f-password').fill(password);
    await page.locator('main button.btn-primary').click();
    await page.waitForURL('**/signed');
  }

  /* The text with *title* on somebody's desk. */
  async function openTask(page, title) {
    await page.goto(`${server.office}/desk`);
    await page.locator('section[aria-labelledby="tasks-head"] a.title', { hasText: title })
      .first().click();
  }

  /* What was seen by somebody who has left is asked for by *spare*; with *his* these too
   * must be there for him. */
  async function followLinks(spare, his = true) {
    for (const [address, { page, from }] of links) {
      const stays = page.context().pages().length > 0;
      const answer = await (stays ? page : spare).request.get(address);
      if ((answer.status() === 404 && (stays || his)) || answer.status() >= 500) {
        complaints.push(`link ${address} of ${from}: ${answer.status()}`);
      }
    }
    console.log(`${links.size} links followed`);
  }

  /* Stop everything and say what was found; how much was wrong. */
  async function close() {
    await browser.close();
    if (await server.stop() !== 0) {
      complaints.push(`the server did not end with 0: ${server.log()}`);
    }
    complaints.forEach((line) => console.log(`complaint: ${line}`));
    const wrong = (failed ? 1 : 0) + (complaints.length > 0 ? 1 : 0);
    console.log(`${looked} looks, ${complaints.length} complaints`);
    console.log(`${passed} passed, ${wrong} failed`);
    return wrong;
  }

  async function end() {
    process.exit(await close() > 0 ? 1 : 0);
  }

  const press = (page, name) => page.getByRole('button', { name, exact: true }).first().click();
  return { server, browser, complaints, links, step, look, lookOnce, takePicture, visitor,
    enter, press, sign, openTask, followLinks, close, end };
}
