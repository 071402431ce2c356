/*
 * What every browser test needs: Debian's Chromium with nothing it would send
 * home, pages that note each violation of the policy and each error of a
 * script, axe-core, and questions about what is really on the screen.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { extname, join, normalize } from 'node:path';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);

export const sizes = {
  desktop: { width: 1366, height: 768 },
  phone: { width: 390, height: 844 },
  narrow: { width: 320, height: 640 },
};

/* The policy of the office, as the program sends it. */
export const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
  "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; " +
  "object-src 'none'";

const chromiumPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
  .find((path) => existsSync(path));

export async function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? chromiumPath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

/* A page of its own session; page.complaints collects what must stay empty. */
export async function newPage(browser, { size = sizes.desktop, language = 'zh-CN', ...more } = {}) {
  const context = await browser.newContext({
    viewport: size, locale: language, timezoneId: 'Asia/Shanghai',
    screen: size, hasTouch: size.width < 768, isMobile: size.width < 768, ...more,
  });
  const page = await context.newPage();
  page.complaints = [];
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to/.test(message.text())) {
      page.complaints.push(`policy: ${message.text()}`);
    }
  });
  page.on('pageerror', (error) => page.complaints.push(`script: ${error.message}`));
  return page;
}

/* What axe-core finds, one line each; the engine is run outside the page's policy. */
export async function axe(page) {
  const source = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
  await page.evaluate(source);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'],
  }));
  return violations.flatMap((rule) => rule.nodes.map((node) =>
    `axe ${rule.id}: ${node.target.join(' ')} (${rule.help}) ` +
    (node.any[0]?.message ?? '').slice(0, 120)));
}

/* What a person with this screen would complain about, one line each. */
export async function measure(page) {
  return page.evaluate(() => {
    const said = [];
    const seen = (node) => {
      const box = node.getBoundingClientRect();
      const style = getComputedStyle(node);
      return box.width > 1 && box.height > 1 && style.visibility !== 'hidden' &&
        !node.closest('.unseen, .skip, [hidden]');
    };
    const name = (node) => node.tagName.toLowerCase() + (node.id ? '#' + node.id : '') +
      (typeof node.className === 'string' && node.className ? '.' + node.className.split(' ')[0] : '') +
      ' "' + node.textContent.trim().slice(0, 20) + '"';
    const width = Math.min(innerWidth, screen.width);
    const phone = width < 768;
    const wide = [...document.querySelectorAll('body *')].filter(seen).find((node) =>
      node.getBoundingClientRect().right > width + 1 &&
      !node.parentElement.closest('.wide, .diagram, .rows'));
    if (wide || document.scrollingElement.scrollWidth > width) {
      said.push(`scrolls sideways: ${wide ? name(wide) : ''}`);
    }
    if (document.querySelectorAll('h1').length !== 1) {
      said.push(`${document.querySelectorAll('h1').length} h1`);
    }
    if ([...document.querySelectorAll('main .btn-primary')].filter(seen).length > 1) {
      said.push('more than one primary button');
    }
    for (const node of document.querySelectorAll('body *')) {
      const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
      if (own && seen(node) && parseFloat(getComputedStyle(node).fontSize) < 12.9) {
        said.push(`text below 13 px: ${name(node)}`);
      }
    }
    for (const cell of document.querySelectorAll('.table td, .table th')) {
      const words = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
      while (words.nextNode()) {
        for (const day of words.currentNode.data.matchAll(/\d{4}-\d\d(-\d\d)?/g)) {
          const place = document.createRange();
          place.setStart(words.currentNode, day.index);
          place.setEnd(words.currentNode, day.index + day[0].length);
          if (seen(cell) && place.getClientRects().length > 1) {
            said.push(`a day or number broken over lines: ${name(cell)}`);
          }
        }
      }
    }
    if (phone) {
      for (const node of document.querySelectorAll(
        'input:not([type=hidden]):not([type=checkbox]):not([type=radio]), select, textarea')) {
        if (seen(node) && parseFloat(getComputedStyle(node).fontSize) < 16) {
          said.push(`field below 16 px: ${name(node)}`);
        }
      }
      for (const node of document.querySelectorAll('button, a.btn, select, summary, nav a, .tabs a')) {
        if (seen(node) && node.getBoundingClientRect().height < 43.5) {
          said.push(`target below 44 px: ${name(node)} ${node.getBoundingClientRect().height}`);
        }
      }
    }
    return said;
  });
}

const kinds = { '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript',
  '.svg': 'image/svg+xml', '.png': 'image/png', '.jpg': 'image/jpeg', '.json': 'application/json',
  '.docx': 'application/octet-stream' };

/*
 * Serve the folders {"/static/": folder, "/": folder} under the office's
 * policy; answers may be added by path: answers["/files"] = (request, response).
 */
export async function serveFolders(folders, answers = {}) {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://x').pathname);
    response.setHeader('Content-Security-Policy', policy);
    response.setHeader('X-Content-Type-Options', 'nosniff');
    if (answers[path]) {
      answers[path](request, response);
      return;
    }
    const prefix = Object.keys(folders).find((start) => path.startsWith(start));
    const file = prefix && normalize(join(folders[prefix], path.slice(prefix.length)));
    if (!file || !file.startsWith(folders[prefix]) || !existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader('Content-Type', kinds[extname(file)] ?? 'application/octet-stream');
    response.end(readFileSync(file));
  });
  await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
  return { address: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}
