/*
 * Builds everything the browser loads: node build.mjs OUTDIR
 *
 *   office.css editor.css   Tabler, our tokens and ours; its embedded pictures
 *                           become files under img/, for img-src 'self'
 *   htmx.js office.js editor.js docx.js (loaded when a .docx is imported)
 *   rules.js                the rulebook editor
 *   icons.svg               the sprite of the icons named in icons.txt
 *   LICENCES.txt            whose work is inside
 *
 * Nothing is fetched and nothing is written outside OUTDIR.
 */
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import postcss from 'postcss';
import { complaints, filesUnder } from './lint.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? join(here, 'dist'));
const target = ['chrome86', 'firefox91'];

/* The folder of an npm package, whatever its "exports" allow. */
function packageFolder(name) {
  return join(here, 'node_modules', name);
}

/* A picture written into a style sheet becomes a file; equal ones become one. */
function extractPictures(css) {
  mkdirSync(join(out, 'img'), { recursive: true });
  return css.replace(/url\(\s*(?:"(data:[^"]*)"|'(data:[^']*)'|(data:[^)]*))\s*\)/g,
    (_, a, b, c) => {
      const uri = a ?? b ?? c;
      const [head, ...rest] = uri.split(',');
      const text = rest.join(',');
      if (!head.startsWith('data:image/svg+xml')) {
        throw new Error(`a picture of an unexpected kind in the styles: ${head}`);
      }
      const svg = head.includes(';base64')
        ? Buffer.from(text, 'base64').toString()
        : decodeURIComponent(text.replace(/%(?![0-9a-fA-F]{2})/g, '%25'));
      const name = createHash('sha256').update(svg).digest('hex').slice(0, 12) + '.svg';
      writeFileSync(join(out, 'img', name), svg);
      return `url("img/${name}")`;
    });
}

function styles(names) {
  return names.map((name) => readFileSync(join(here, name), 'utf8')).join('\n');
}

/*
 * Of Tabler only what a template or a script of ours can meet: rules whose
 * classes all occur there, without notations that browsers of the floor do not
 * know (ours name every colour anyway).
 */
function usedPart(css) {
  const sources = [...filesUnder(join(here, '../share/pages/admin'), '.html'),
    ...filesUnder(join(here, 'office'), '.js'), ...filesUnder(join(here, 'editor'), '.js')];
  const words = new Set(sources.flatMap((path) =>
    readFileSync(path, 'utf8').match(/[A-Za-z][\w-]*/g) ?? []));
  const met = (selector) => !selector.includes(':has(') &&
    (selector.match(/\.[A-Za-z][\w-]*/g) ?? []).every((name) => words.has(name.slice(1)));
  const root = postcss.parse(css);
  root.walkDecls((declaration) => {
    if (/(?:color-mix|light-dark|oklch)\(/.test(declaration.value)) {
      declaration.remove();
    }
  });
  root.walkRules((rule) => {
    if (rule.parent.type === 'atrule' && /keyframes/.test(rule.parent.name)) {
      return;
    }
    rule.selectors = rule.selectors.filter(met);
    if (rule.selectors.length === 0 || rule.selector === '' || rule.nodes.length === 0) {
      rule.remove();
    }
  });
  root.walkAtRules((rule) => {
    if (rule.nodes && rule.nodes.length === 0) {
      rule.remove();
    }
  });
  return root.toString();
}

async function buildStyles() {
  const tabler = usedPart(readFileSync(join(packageFolder('@tabler/core'),
    'dist/css/tabler.min.css'), 'utf8').replace(/@charset "utf-8";/i, '')
    .replace(/\/\*# sourceMappingURL.*?\*\//g, ''));
  const office = styles(['styles/tokens.css', 'styles/base.css', 'styles/frame.css']);
  for (const [name, text] of [['office.css', tabler + '\n' + office],
    ['editor.css', readFileSync(join(here, 'styles/editor.css'), 'utf8')]]) {
    const small = await esbuild.transform(text, { loader: 'css', minify: true, target,
      logLevel: 'error' });
    const css = extractPictures(small.code);
    if (/data:|(?:color-mix|light-dark|oklch)\(|:has\(/.test(css)) {
      throw new Error(`${name} holds what the policy or older browsers would not take`);
    }
    writeFileSync(join(out, name), css);
  }
}

async function buildScripts() {
  await esbuild.build({
    entryPoints: { office: join(here, 'office/office.js'), editor: join(here, 'editor/editor.js'),
      docx: join(here, 'editor/docx.js'), rules: join(here, 'rules/rules.js') },
    outdir: out, bundle: true, minify: true, format: 'iife', target, charset: 'utf8',
    legalComments: 'none', logLevel: 'warning',
    define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
  });
  cpSync(join(packageFolder('htmx.org'), 'dist/htmx.min.js'), join(out, 'htmx.js'));
}

function buildIcons() {
  const names = readFileSync(join(here, 'icons.txt'), 'utf8').split('\n')
    .map((line) => line.trim()).filter((line) => line && !line.startsWith('#'));
  const symbols = names.map((name) => {
    const svg = readFileSync(join(packageFolder('@tabler/icons'), 'icons/outline', name + '.svg'),
      'utf8');
    const inside = svg.slice(svg.indexOf('>', svg.indexOf('<svg')) + 1, svg.lastIndexOf('</svg>'));
    const drawn = inside.replace(/<path stroke="none"[^>]*\/>/g, '').replace(/\s+/g, ' ').trim();
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" ` +
      `stroke-linecap="round" stroke-linejoin="round">${drawn}</symbol>`;
  });
  cpSync(join(here, 'mark.svg'), join(out, 'mark.svg'));
  writeFileSync(join(out, 'icons.svg'),
    `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join('\n')}\n</svg>\n`);
}

function buildLicences() {
  const { dependencies } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
  const lines = Object.keys(dependencies).sort().map((name) => {
    const about = JSON.parse(readFileSync(join(packageFolder(name), 'package.json'), 'utf8'));
    return `${name} ${about.version}  ${about.license}`;
  });
  writeFileSync(join(out, 'LICENCES.txt'), lines.join('\n') + '\n');
}

const wrong = complaints(here);
if (wrong.length > 0) {
  console.error(wrong.join('\n'));
  process.exit(1);
}
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
await buildStyles();
await buildScripts();
buildIcons();
buildLicences();
