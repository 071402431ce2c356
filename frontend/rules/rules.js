/*
 * The rulebook editor: takes the place of textarea[data-rules-editor], writes every
 * change back into it, asks the server what the text is worth a second after the last
 * key, and shows each fault at its place.  Without this script the field stays a plain
 * text field and the check comes with the save.
 *
 * It lives in a shadow root: there CodeMirror's styles are constructed sheets, which the
 * policy allows, where a <style> in the page would be blocked.
 */
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, HighlightStyle, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { completions, setSchema } from './complete.js';

const field = document.querySelector('textarea[data-rules-editor]');
const form = field.form;

/* Colours come from the page's tokens, which reach into the shadow root. */
const look = EditorView.theme({
  '&': { border: '1px solid var(--control)', borderRadius: 'var(--radius)', height: '34rem',
    fontSize: 'var(--base)', backgroundColor: 'var(--white)', color: 'var(--ink)' },
  '&.cm-focused': { outline: '3px solid var(--focus)' },
  '.cm-scroller': { fontFamily: 'ui-monospace, "Liberation Mono", "Noto Sans Mono CJK SC", monospace', lineHeight: '1.6' },
  '.cm-gutters': { backgroundColor: 'var(--neutral-tint)', color: 'var(--ink-2)', border: '0' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--moving-tint)' },
  '.cm-tooltip': { border: '1px solid var(--control)', backgroundColor: 'var(--white)', color: 'var(--ink)' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--act)', color: 'var(--white)' },
  '.cm-completionDetail': { fontStyle: 'normal', marginLeft: '1em' },
  '.cm-diagnostic': { padding: '4px 8px', borderLeft: '4px solid var(--danger)' },
  /* The package draws its marks as data: pictures, which the policy blocks. */
  '.cm-lint-marker-error': { content: '"!"', color: 'var(--danger)', fontWeight: '600', textAlign: 'center' },
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--danger)' },
});
const colours = HighlightStyle.define([
  { tag: tags.definition(tags.propertyName), color: 'var(--moving)', fontWeight: '600' },
  { tag: tags.propertyName, color: 'var(--moving)', fontWeight: '600' },
  { tag: tags.string, color: 'var(--good)' },
  { tag: tags.comment, color: 'var(--ink-3)' },
  { tag: [tags.bool, tags.number, tags.keyword], color: 'var(--special)' },
  { tag: tags.punctuation, color: 'var(--ink-2)' },
]);

/* ---- What the text is worth ---- */

let timer = 0;
let asked = 0;

async function ask(prove) {
  const body = new URLSearchParams(new FormData(form));
  if (prove) {
    body.set('prove', '1');
  }
  const answer = await fetch(form.dataset.check, { method: 'POST', body,
    headers: { 'HX-Request': 'true' } });
  return answer.ok ? new DOMParser().parseFromString(await answer.text(), 'text/html') : null;
}

/* First the text, then the proof, which takes longer; an answer overtaken is dropped. */
async function check() {
  asked += 1;
  const mine = asked;
  const page = await ask(false).catch(() => null);
  if (page === null || mine !== asked) {
    return;
  }
  show(page);
  const waits = document.querySelector('#check [data-proving]');
  if (waits) {
    waits.textContent = form.dataset.wordProving;
    const proved = await ask(true).catch(() => null);
    if (proved !== null && mine === asked) {
      show(proved);
    }
  }
}

function show(page) {
  ['check', 'drawn'].forEach((name) => {
    const fresh = page.getElementById(name);
    if (fresh) {
      document.getElementById(name).replaceWith(document.importNode(fresh, true));
    }
  });
  showFaults();
}

function checkSoon() {
  window.clearTimeout(timer);
  timer = window.setTimeout(check, 1000);
}

/* ---- Faults at their places ---- */

function showFaults() {
  const { doc } = view.state;
  const faults = [...document.querySelectorAll('#check [data-here]')].map((row) => {
    const line = doc.line(Math.min(Number(row.dataset.line), doc.lines));
    const from = Math.min(line.from + Number(row.dataset.column) - 1, line.to);
    const word = /^[^\s:,{}[\]]+/.exec(line.text.slice(from - line.from));
    return { from, to: Math.max(from, from + (word ? word[0].length : 0)), severity: 'error',
      message: row.querySelector('[data-fault]').textContent };
  });
  view.dispatch(setDiagnostics(view.state, faults));
}

/* ---- The caret in a rule marks its article ---- */

function demandAt(state) {
  const { number } = state.doc.lineAt(state.selection.main.head);
  let indent = Infinity;
  for (let at = number; at > 0; at -= 1) {
    const { text } = state.doc.line(at);
    const own = text.search(/\S/);
    const basis = /\bbasis:\s*([A-Z]+-[\w.]+)/.exec(text);
    if (own >= 0 && (own < indent || at === number || /^\s*(basis|-)/.test(text))) {
      if (basis) {
        return basis[1];
      }
      indent = Math.min(indent, own);
    }
  }
  return '';
}

let marked = '';

function markArticle(state) {
  const demand = demandAt(state);
  if (demand === marked) {
    return;
  }
  marked = demand;
  document.querySelectorAll('.law-pane .here').forEach((row) => row.classList.remove('here'));
  const row = demand && document.querySelector(`.law-pane [data-demand="${CSS.escape(demand)}"]`);
  if (row) {
    row.classList.add('here');
    row.closest('.law-article').classList.add('here');
    const pane = row.closest('.scrolling');
    pane.scrollTop = row.closest('.law-article').offsetTop - pane.offsetTop;
  }
}

/* ---- The editor itself ---- */

function changed(update) {
  if (update.docChanged) {
    field.value = update.state.doc.toString();
    field.dispatchEvent(new Event('input', { bubbles: true }));
    checkSoon();
  }
  if (update.selectionSet || update.docChanged) {
    markArticle(update.state);
  }
}

const readOnly = field.readOnly || window.matchMedia('(max-width: 767.98px)').matches;
const host = document.createElement('div');
host.className = 'rules-editor';
field.after(host);
const root = host.attachShadow({ mode: 'open' });
const view = new EditorView({
  root,
  parent: root,
  state: EditorState.create({
    doc: field.value,
    extensions: [lineNumbers(), history(), drawSelection(), indentUnit.of('  '), bracketMatching(),
      closeBrackets(), highlightActiveLine(), highlightSelectionMatches(), search({ top: true }),
      yaml(), syntaxHighlighting(colours), lintGutter(), look,
      autocompletion({ override: [completions] }),
      keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap,
        ...completionKeymap, ...lintKeymap, indentWithTab]),
      EditorState.readOnly.of(readOnly), EditorView.editable.of(!readOnly),
      EditorView.contentAttributes.of({ tabindex: '0', 'aria-label': document.querySelector(`label[for="${field.id}"]`).textContent }),
      EditorView.updateListener.of(changed)],
  }),
});
field.hidden = true;

document.addEventListener('change', (event) => {
  if (event.target.closest('[data-recheck]')) {
    check();
  }
});
document.addEventListener('click', (event) => {
  const row = event.target.closest('#check [data-here]');
  if (row) {
    const line = view.state.doc.line(Math.min(Number(row.dataset.line), view.state.doc.lines));
    view.dispatch({ selection: { anchor: line.from }, scrollIntoView: true });
    view.focus();
  }
});

showFaults();
markArticle(view.state);
if (document.querySelector('#check [data-proving]')) {
  check();
}
fetch(form.dataset.schema).then((answer) => answer.json()).then(setSchema).catch(() => {});
