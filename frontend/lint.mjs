/*
 * What our styles, scripts and templates must not contain: node lint.mjs
 *
 * Styles: colour notations and selectors that browsers of the floor (Chromium
 * 86) do not know, and colours outside tokens.css.  Templates: anything the
 * policy of the office would block (inline styles, inline scripts, handlers),
 * Tabler's own role classes, and icons that are not in the sprite.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const inStyles = [
  [/\b(?:oklch|oklab|light-dark|color-mix)\(/, 'a colour notation older browsers do not know'],
  [/:has\(/, ':has() is not known to older browsers'],
  [/^\s*&|\{\s*&/m, 'nested rules are not known to older browsers'],
  [/url\(\s*["']?data:/, 'a data: picture is blocked by img-src'],
  [/@import/, '@import is a second request'],
];
const inTemplates = [
  [/\sstyle\s*=/i, 'style= is blocked by style-src'],
  [/<style[\s>]/i, '<style> is blocked by style-src'],
  [/\son[a-z]+\s*=/i, 'a handler attribute is blocked by script-src'],
  [/<script(?![^>]*\ssrc=)/i, 'an inline script is blocked by script-src'],
  [/\shx-on|js:|hx-vals='js|hx-boost/i, 'this part of htmx needs eval, or hides the address'],
  [/\b(?:text|bg|badge|btn|alert)-(?:success|warning|info|danger|muted)\b/,
    'use a role class: role-good, role-attention, …'],
  [/\sstyle:|href="javascript:/i, 'no code in an address'],
];

/* All files below *folder* whose names end so. */
export function filesUnder(folder, ending) {
  if (!existsSync(folder)) {
    return [];
  }
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesUnder(path, ending)
      : name.endsWith(ending) ? [path] : [];
  });
}

function complainAbout(path, rules) {
  const text = readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\{\{![\s\S]*?\}\}/g, '');
  return rules.filter(([pattern]) => pattern.test(text))
    .map(([pattern, why]) => `${path}: ${why} (${pattern.exec(text)[0].trim()})`);
}

function unknownIcons(path, known) {
  const text = readFileSync(path, 'utf8');
  return [...text.matchAll(/icons\.svg#([a-z0-9-]+)/g)].filter(([, name]) => !known.has(name))
    .map(([, name]) => `${path}: icon ${name} is not in frontend/icons.txt`);
}

/* Every complaint about the folder *frontend* and the templates beside it. */
export function complaints(frontend) {
  const pages = join(frontend, '../share/pages');
  const known = new Set(readFileSync(join(frontend, 'icons.txt'), 'utf8').split('\n'));
  const sheets = filesUnder(join(frontend, 'styles'), '.css');
  const templates = filesUnder(pages, '.html');
  const stray = sheets.filter((path) => !path.endsWith('tokens.css'))
    .flatMap((path) => complainAbout(path, [[/#[0-9a-fA-F]{3,8}\b(?![^{]*\{)/,
      'a colour outside tokens.css']]));
  return [
    ...sheets.flatMap((path) => complainAbout(path, inStyles)),
    ...stray,
    ...templates.flatMap((path) => complainAbout(path, inTemplates)),
    ...templates.flatMap((path) => unknownIcons(path, known)),
    ...filesUnder(join(frontend, 'office'), '.js').flatMap((path) => tooLong(path, 300)),
  ];
}

function tooLong(path, most) {
  const lines = readFileSync(path, 'utf8').split('\n').length - 1;
  return lines > most ? [`${path}: ${lines} lines, at most ${most}`] : [];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const wrong = complaints(dirname(fileURLToPath(import.meta.url)));
  console.log(wrong.length > 0 ? wrong.join('\n') : 'frontend: nothing to complain about');
  process.exit(wrong.length > 0 ? 1 : 0);
}
