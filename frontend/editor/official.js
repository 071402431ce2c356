/*
 * 公文排版: gives a text the look of an official document in one undoable
 * step.  It recognises what people type anyway (一、 （一） 1. （1）, the line of
 * addressees, the reference number, signature and date) and marks it; the words
 * stay, only blanks that stood for an indent and empty lines go.
 */
import { closeHistory } from '@tiptap/pm/history';

const levels = [
  [2, /^[一二三四五六七八九十百]+、/],
  [3, /^[（(][一二三四五六七八九十百]+[)）]/],
  [4, /^\d{1,3}[.．、](?!\d)/],
  [4, /^[（(]\d{1,3}[)）]/],
];
const blanks = /^[\s\u00a0\u2002-\u200b\u3000]+/;
const date = /^(?:\d{4}|[〇○零一二三四五六七八九]{4})年[\d一二三四五六七八九十]{1,3}月[\d一二三四五六七八九十]{1,3}日$/;
const number = /[〔\[（(]\d{4}[〕\]）)]\s*第?\d+号$/;

/* The level of a heading line; a long or finished sentence is no heading. */
export function levelOf(text) {
  const found = levels.find(([, pattern]) => pattern.test(text));
  return found && text.length <= 40 && !/[。；;：:，,]$/.test(text) ? found[0] : null;
}

/* What each block should be: [{ level, layout }], by its text and its place. */
export function layOut(texts) {
  const wanted = texts.map((text) => ({ level: levelOf(text), layout: null }));
  const head = Math.min(4, texts.length);
  for (let at = 0; at < head; at += 1) {
    if (number.test(texts[at]) && texts[at].length <= 30) {
      wanted[at].layout = 'docnum';
    } else if (/[:：]$/.test(texts[at]) && texts[at].length <= 80 && !wanted[at].level) {
      wanted[at].layout = 'no-indent';
      break;
    }
  }
  for (let at = texts.length - 1; at > 0 && at >= texts.length - 6; at -= 1) {
    if (date.test(texts[at].replace(/\s+/g, ''))) {
      wanted[at].layout = 'date';
      for (let above = at - 1; above > 0 && above >= at - 3 && isName(texts[above]); above -= 1) {
        wanted[above].layout = 'signature';
      }
      break;
    }
  }
  return wanted;
}

function isName(text) {
  return text.length > 0 && text.length <= 30 && !/[。；;，,：:）)]$/.test(text) &&
    !levelOf(text) && !/^附件/.test(text);
}

/* Apply it to the document; one transaction.  Gives the number of blocks changed. */
export function officialLayout(editor) {
  const { state, view } = editor;
  const blocks = [];
  state.doc.forEach((node, offset) => {
    if (node.type.name === 'paragraph' || node.type.name === 'heading') {
      blocks.push({ node, offset, text: node.textContent.replace(blanks, '').trimEnd() });
    }
  });
  const filled = blocks.filter((block) => block.text || block.node.content.size > 0);
  const wanted = layOut(filled.map((block) => block.text));
  const change = state.tr;
  let changed = 0;
  for (const block of [...blocks].reverse()) {
    const index = filled.indexOf(block);
    changed += index < 0 ? dropBlock(change, block) : setBlock(change, block, wanted[index], state);
  }
  if (changed > 0) {
    view.dispatch(closeHistory(change).scrollIntoView());
  }
  return changed;
}

function dropBlock(change, { node, offset }) {
  if (change.doc.childCount === 1) {
    return 0;
  }
  change.delete(offset, offset + node.nodeSize);
  return 1;
}

function setBlock(change, { node, offset }, wanted, state) {
  const lead = blanks.exec(node.textContent);
  const centred = node.attrs.layout === 'centre';
  const type = wanted.level ? state.schema.nodes.heading : state.schema.nodes.paragraph;
  const layout = wanted.layout ?? (centred ? 'centre' : null);
  const same = node.type === type && node.attrs.layout === layout &&
    (!wanted.level || node.attrs.level === wanted.level);
  if (same && !lead) {
    return 0;
  }
  change.setNodeMarkup(offset, type, wanted.level ? { level: wanted.level, layout } : { layout });
  if (lead && node.firstChild?.isText) {
    change.delete(offset + 1, offset + 1 + Math.min(lead[0].length, node.firstChild.nodeSize));
  }
  return 1;
}

const digits = ['', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
function chinese(n) {
  return n < 10 ? digits[n] : (n >= 20 ? digits[Math.floor(n / 10)] : '') + '十' + digits[n % 10];
}
const numbers = { 2: (n) => chinese(n) + '、', 3: (n) => `（${chinese(n)}）`, 4: (n) => `${n}.` };

/* Make the block at the cursor a heading of *level* with the next number, or plain again. */
export function toggleLevel(editor, level) {
  const { state } = editor;
  const at = state.selection.$from;
  if (at.depth !== 1) {
    return;
  }
  if (at.parent.type.name === 'heading' && at.parent.attrs.level === level) {
    editor.chain().focus().setParagraph().run();
    return;
  }
  let next = 1;
  state.doc.forEach((node, offset) => {
    if (offset < at.before(1) && node.type.name === 'heading') {
      next = node.attrs.level === level ? next + 1 : node.attrs.level < level ? 1 : next;
    }
  });
  const steps = editor.chain().focus().setHeading({ level });
  if (!levels.some(([, pattern]) => pattern.test(at.parent.textContent))) {
    steps.insertContentAt(at.start(1), { type: 'text', text: numbers[level](next) });
  }
  steps.run();
}
