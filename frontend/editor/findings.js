/*
 * Findings beside the text and in it.  The server's list (#findings) names for
 * each the quoted words and which of their occurrences is meant; here they get
 * a number and an underline by severity, [定位] and one-step remedies.  While
 * people type, the marks move with the text and the list greys.
 */
import { Extension } from '@tiptap/core';
import { closeHistory } from '@tiptap/pm/history';
import { Plugin, PluginKey, TextSelection } from '@tiptap/pm/state';
import { Decoration, DecorationSet } from '@tiptap/pm/view';

const key = new PluginKey('findings');

/* The *nth* occurrence of *quote* inside one block, as a range of the document. */
function rangeOf(doc, quote, nth) {
  let left = nth;
  let found = null;
  doc.descendants((node, at) => {
    if (found || !node.isTextblock) {
      return !found;
    }
    const text = node.textBetween(0, node.content.size, undefined, '\ufffc');
    for (let hit = text.indexOf(quote); hit >= 0; hit = text.indexOf(quote, hit + 1)) {
      left -= 1;
      if (left === 0) {
        found = { from: at + 1 + hit, to: at + 1 + hit + quote.length };
        return false;
      }
    }
    return false;
  });
  return found;
}

function marksOf(doc, findings) {
  return DecorationSet.create(doc, findings.flatMap(({ number, quote, nth, severity }) => {
    const range = rangeOf(doc, quote, nth);
    return range ? [
      Decoration.inline(range.from, range.to, { nodeName: 'mark', class: `mark-${severity}` },
        { number }),
      Decoration.widget(range.to, () => {
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
        apply: (change, marks) => (change.getMeta(key)
          ? marksOf(change.doc, change.getMeta(key)) : marks.map(change.mapping, change.doc)),
      },
      props: { decorations: (state) => key.getState(state) },
    })];
  },
});

function readList() {
  return [...document.querySelectorAll('#findings [data-finding]')].map((row) => ({
    number: row.dataset.finding, quote: row.dataset.quote, nth: Number(row.dataset.nth) || 1,
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
