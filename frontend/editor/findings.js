/*
 * Findings beside the text and in it.  The server's list (#findings) gives the
 * place of each in the text it was sent; here they get a number and an
 * underline by severity, [定位] and one-step remedies.  While people type, the
 * marks move with the text and the list greys.
 */
import { Extension } from '@tiptap/core';
import { closeHistory } from '@tiptap/pm/history';
import { Plugin, PluginKey, TextSelection } from '@tiptap/pm/state';
import { Mapping } from '@tiptap/pm/transform';
import { Decoration, DecorationSet } from '@tiptap/pm/view';

const key = new PluginKey('findings');

const bytes = (text) => new TextEncoder().encode(text).length;

/*
 * The range of a finding: bytes of the plain text of the *paragraph*th block
 * that holds anything, counted as the server counts (text_words): a line break
 * is one byte, a picture none.
 */
function rangeOf(doc, { paragraph, from, length }) {
  let block = null;
  let left = paragraph;
  doc.descendants((node, at) => {
    if (node.isTextblock && holdsAnything(node) && block === null) {
      left -= 1;
      block = left === 0 ? { node, start: at + 1 } : null;
    }
    return block === null && !node.isTextblock;
  });
  const start = block && placeOf(block, from);
  const end = block && placeOf(block, from + length);
  return start !== null && end !== null && start < end ? { from: start, to: end } : null;
}

function holdsAnything(block) {
  let holds = /[^ \t\r\n]/.test(block.textContent);
  block.forEach((part) => { holds = holds || !part.isText; });
  return holds;
}

/* The position in the document of a byte of a block's plain text. */
function placeOf({ node, start }, byte) {
  let passed = 0;
  let place = byte === 0 ? start : null;
  node.forEach((part, offset) => {
    const letters = part.isText ? [...part.text] : part.type.name === 'hardBreak' ? ['\n'] : [];
    let at = start + offset;
    for (const letter of letters) {
      passed += bytes(letter);
      at += letter.length;
      place = place === null && passed >= byte ? at : place;
    }
  });
  return place;
}

/* The text that was last sent to be screened, and every change since. */
let sent = null;

function marksOf(doc, findings) {
  const screened = sent ?? { doc, mapping: new Mapping() };
  return DecorationSet.create(doc, findings.flatMap((finding) => {
    const { number, severity } = finding;
    const range = rangeOf(screened.doc, finding);
    const from = range && screened.mapping.map(range.from, 1);
    const to = range && screened.mapping.map(range.to, -1);
    return range && from < to ? [
      Decoration.inline(from, to, { nodeName: 'mark', class: `mark-${severity}` }, { number }),
      Decoration.widget(to, () => {
        const place = document.createElement('span');
        place.className = 'mark-number';
        place.textContent = number;
        return place;
      }, { side: 1, key: `finding-${number}`, ignoreSelection: true }),
    ] : [];
  }));
}

export const Findings = Extension.create({
  name: 'findings',
  addProseMirrorPlugins() {
    return [new Plugin({
      key,
      state: {
        init: (_, { doc }) => marksOf(doc, []),
        apply: (change, marks) => {
          sent?.mapping.appendMapping(change.mapping);
          return change.getMeta(key) ? marksOf(change.doc, change.getMeta(key))
            : marks.map(change.mapping, change.doc);
        },
      },
      props: { decorations: (state) => key.getState(state) },
    })];
  },
});

function readList() {
  return [...document.querySelectorAll('#findings [data-finding]')].map((row) => ({
    number: row.dataset.finding, paragraph: Number(row.dataset.paragraph),
    from: Number(row.dataset.from), length: Number(row.dataset.length),
    severity: row.dataset.severity,
  }));
}

function rangeNow(editor, number) {
  return key.getState(editor.state).find(undefined, undefined, (spec) => spec.number === number)[0];
}

/* Put the marks of the list as it stands now, and offer what can be done here. */
export function showFindings(editor) {
  editor.view.dispatch(editor.state.tr.setMeta(key, readList()).setMeta('addToHistory', false));
  document.querySelectorAll('#findings [data-find], #findings [data-remedy]').forEach((button) => {
    button.hidden = !rangeNow(editor, button.dataset.find ?? button.dataset.remedy);
  });
}

/* What is sent now is what the next list of findings speaks of. */
export function rememberSent(editor) {
  sent = { doc: editor.state.doc, mapping: new Mapping() };
}

export function greyFindings() {
  document.getElementById('findings')?.classList.add('checking');
}

/* [定位] and remedies: one undoable step each. */
export function listenToFindings(editor) {
  document.addEventListener('click', (event) => {
    const find = event.target.closest('[data-find]');
    const remedy = event.target.closest('[data-remedy]');
    const range = (find || remedy) && rangeNow(editor, (find ?? remedy).dataset[find ? 'find' : 'remedy']);
    if (!range) {
      return;
    }
    if (find) {
      const { tr, doc } = editor.state;
      editor.view.dispatch(tr.setSelection(TextSelection.create(doc, range.from, range.to))
        .scrollIntoView());
      editor.view.focus();
    } else {
      editor.view.dispatch(closeHistory(editor.state.tr).insertText(remedy.dataset.replacement,
        range.from, range.to));
      remedy.hidden = true;
    }
  });
}
