/*
 * The manuscript editor: takes the place of textarea[data-editor], writes every
 * change back into it, and leaves saving to the form.  Without this script the
 * field stays a plain text field.
 */
import { Editor } from '@tiptap/core';
import { closeHistory } from '@tiptap/pm/history';
import { clean } from './clean.js';
import {
  Findings, greyFindings, listenToFindings, rememberSent, showFindings,
} from './findings.js';
import { officialLayout, toggleLevel } from './official.js';
import { blobOfData, docxOf, nameOf, picturesOfRtf, sendPicture } from './pictures.js';
import { extensions } from './schema.js';

const field = document.querySelector('textarea[data-editor]');
const form = field.form;
const bar = document.querySelector('[data-editor-bar]');
const words = bar.dataset;

function say(text) {
  const live = document.getElementById('said');
  document.getElementById('editor-said').textContent = text;
  live.textContent = text;
}

/* ---- What was not kept ---- */

function tellDropped(dropped) {
  const kinds = Object.keys(dropped);
  const place = document.getElementById('dropped');
  const total = kinds.reduce((sum, kind) => sum + dropped[kind], 0);
  place.hidden = total === 0;
  place.querySelector('summary').textContent = words.wordDropped.replace('#', total);
  place.querySelector('ul').replaceChildren(...kinds.map((kind) => {
    const row = document.createElement('li');
    row.textContent = `${place.dataset[kind]} ${dropped[kind]}`;
    return row;
  }));
}

/* ---- Paste, drop, import ---- */

/* Where the *n*th pasted picture is found: in its address, or in Word's RTF. */
async function placePicture(picture, fromRtf, index) {
  const source = picture.getAttribute('src') ?? '';
  if (source.startsWith('/files/')) {
    return source;
  }
  const blob = blobOfData(source) ?? (source.startsWith('file:') ? fromRtf[index] : null);
  return blob ? keepPicture(blob, nameOf(blob)) : null;
}

/* The address of a kept picture, or null; what was taken out of it is told. */
async function keepPicture(blob, name, tell = say) {
  const told = await sendPicture(form, blob, name).catch(notKept);
  if (told?.said) {
    tell(told.said);
  }
  return told && told.src;
}

function notKept(error) {
  say(error.message || words.wordFailed);
  return null;
}

function insertAsOneStep(html) {
  editor.chain().focus().command(({ tr }) => Boolean(closeHistory(tr)))
    .insertContent(html, { parseOptions: { preserveWhitespace: false } }).run();
}

async function insertHtml(html, rtf) {
  const fromRtf = rtf ? picturesOfRtf(rtf) : [];
  const result = await clean(html, (picture, index) => placePicture(picture, fromRtf, index));
  insertAsOneStep(result.html);
  tellDropped(result.dropped);
}

async function insertPictures(files) {
  for (const file of files) {
    const src = await keepPicture(file, file.name || nameOf(file));
    if (src) {
      editor.chain().focus().setImage({ src }).run();
    }
  }
}

/* Both come before ProseMirror parses anything, which would trip over the policy. */
function onPaste(view, event) {
  return takeTransfer(event, event.clipboardData);
}

function onDrop(view, event) {
  return view.dragging ? false : takeTransfer(event, event.dataTransfer);
}

function takeTransfer(event, data) {
  const html = data?.getData('text/html');
  const files = [...(data?.files ?? [])];
  if (!html && files.length === 0) {
    return false;
  }
  event.preventDefault();
  if (html) {
    insertHtml(html, data.getData('text/rtf'));
  } else {
    files.forEach(takeFile);
  }
  return true;
}

function takeFile(file) {
  if (/\.(docx|doc|wps)$/i.test(file.name)) {
    importDocx(file);
  } else if (file.type.startsWith('image/')) {
    insertPictures([file]);
  } else {
    say(words.wordAttach);
  }
}

function loadScript(address) {
  return new Promise((done, failed) => {
    const script = document.createElement('script');
    script.src = address;
    script.onload = done;
    script.onerror = failed;
    document.head.append(script);
  });
}

async function importDocx(file) {
  say(words.wordImporting);
  try {
    if (!window.readDocx) {
      await loadScript('/static/docx.js');
    }
    const taken = new Set();
    const read = await window.readDocx(await docxOf(form, file),
      (blob) => keepPicture(blob, nameOf(blob), (said) => taken.add(said)));
    const result = await clean(read.html, (picture) => picture.getAttribute('src') || null);
    insertAsOneStep(result.html);
    Object.entries(read.dropped).forEach(([kind, count]) => {
      result.dropped[kind] = (result.dropped[kind] ?? 0) + count;
    });
    tellDropped(result.dropped);
    say([words.wordImported, ...taken].join(' '));
  } catch (broken) {
    say(broken.sentence || words.wordNoDocx);
  }
}

/* ---- The editor itself ---- */

/* A stored caption stands as a centred line above its table while it is edited. */
function captionsAsLines(html) {
  return html.replace(/<table>\s*<caption>([\s\S]*?)<\/caption>/g,
    '<p class="centre">$1</p><table>');
}

const place = document.createElement('div');
field.before(place);
field.hidden = true;
document.getElementById('no-script').remove();

const editor = new Editor({
  element: place,
  extensions: [...extensions, Findings],
  content: captionsAsLines(field.value),
  injectCSS: false,
  editorProps: {
    attributes: { class: 'manuscript editing', role: 'textbox', 'aria-multiline': 'true',
      'aria-labelledby': 'body-label', id: 'body-editor' },
    handleDOMEvents: { paste: onPaste, drop: onDrop },
  },
  onUpdate: changed,
  onTransaction: showState,
});

let timer = 0;

function writeBack() {
  window.clearTimeout(timer);
  field.value = editor.isEmpty ? '' : editor.getHTML().replace(/(?<=<\/table>)<p><\/p>$/, '');
}

function changed({ transaction }) {
  if (!transaction.docChanged) {
    return;
  }
  greyFindings();
  window.clearTimeout(timer);
  timer = window.setTimeout(() => {
    writeBack();
    form.dispatchEvent(new CustomEvent('office:changed'));
  }, 250);
  form.dispatchEvent(new Event('input', { bubbles: true }));
}
form.addEventListener('office:saving', () => {
  writeBack();
  rememberSent(editor);
});
form.addEventListener('submit', writeBack);
form.addEventListener('formdata', writeBack);
document.addEventListener('office:saved', () => showFindings(editor));

/* ---- The bar ---- */

const deeds = {
  bold: () => editor.chain().focus().toggleBold().run(),
  'level-2': () => toggleLevel(editor, 2),
  'level-3': () => toggleLevel(editor, 3),
  'level-4': () => toggleLevel(editor, 4),
  table: () => editor.chain().focus().insertTable({ rows: 3, cols: 3, withHeaderRow: true }).run(),
  'row-add': () => editor.chain().focus().addRowAfter().run(),
  'column-add': () => editor.chain().focus().addColumnAfter().run(),
  'row-remove': () => editor.chain().focus().deleteRow().run(),
  'column-remove': () => editor.chain().focus().deleteColumn().run(),
  merge: () => editor.chain().focus().mergeOrSplit().run(),
  'table-remove': () => editor.chain().focus().deleteTable().run(),
  picture: () => bar.querySelector('[data-choose="picture"]').click(),
  docx: () => bar.querySelector('[data-choose="docx"]').click(),
  link: openLink,
  official: () => say(words.wordOfficial.replace('#', officialLayout(editor))),
  undo: () => editor.chain().focus().undo().run(),
  redo: () => editor.chain().focus().redo().run(),
};

bar.addEventListener('click', (event) => {
  const button = event.target.closest('[data-do]');
  if (button) {
    deeds[button.dataset.do]();
  }
});
bar.addEventListener('change', (event) => {
  const chosen = event.target;
  if (chosen.dataset.choose) {
    [...chosen.files].forEach(takeFile);
    chosen.value = '';
  } else if (chosen.dataset.layout !== undefined) {
    setLayout(chosen.value);
  }
  event.stopPropagation();
});

function setLayout(value) {
  const level = Number(/^h([2-4])$/.exec(value)?.[1] ?? 0);
  const steps = editor.chain().focus();
  (level ? steps.setHeading({ level }) : steps.setParagraph())
    .updateAttributes(level ? 'heading' : 'paragraph',
      { layout: level || value === 'p' ? null : value }).run();
}

/* A link and a picture's words are asked for in a line below the bar. */
const linkLine = bar.querySelector('[data-line="link"]');
const altLine = bar.querySelector('[data-line="alt"]');

function openLink() {
  linkLine.hidden = false;
  const input = linkLine.querySelector('input');
  input.value = editor.getAttributes('link').href ?? '';
  input.focus();
}

linkLine.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' || event.key === 'Escape') {
    event.preventDefault();
    closeLink(event.key === 'Enter');
  }
});
linkLine.querySelector('button').addEventListener('click', () => closeLink(true));

function closeLink(keep) {
  const href = linkLine.querySelector('input').value.trim();
  const steps = editor.chain().focus().extendMarkRange('link');
  if (keep && href === '') {
    steps.unsetLink().run();
  } else if (keep && /^(?:https?:\/\/|mailto:|\/(?!\/))/.test(href)) {
    if (editor.state.selection.empty && !editor.isActive('link')) {
      steps.insertContent({ type: 'text', text: href, marks: [{ type: 'link', attrs: { href } }] })
        .run();
    } else {
      steps.setLink({ href }).run();
    }
  } else if (keep) {
    say(words.wordAddress);
    return;
  }
  linkLine.hidden = true;
}

altLine.querySelector('input').addEventListener('change', (event) => {
  editor.chain().updateAttributes('image', { alt: event.target.value.trim() || null }).run();
});

function showState() {
  if (!bar.isConnected || !window.shenfaEditor) {
    return;
  }
  const { node } = editor.state.selection;
  const picture = node?.type.name === 'image';
  altLine.hidden = !picture;
  if (picture && document.activeElement !== altLine.querySelector('input')) {
    altLine.querySelector('input').value = node.attrs.alt ?? '';
  }
  bar.querySelector('[data-line="table"]').hidden = !editor.isActive('table');
  bar.querySelector('[data-do="bold"]').setAttribute('aria-pressed', editor.isActive('bold'));
  [2, 3, 4].forEach((level) => bar.querySelector(`[data-do="level-${level}"]`)
    .setAttribute('aria-pressed', editor.isActive('heading', { level })));
  const { parent } = editor.state.selection.$from;
  bar.querySelector('[data-layout]').value = parent.type.name === 'heading'
    ? `h${parent.attrs.level}` : parent.attrs.layout ?? 'p';
}

window.shenfaEditor = editor;
bar.hidden = false;
listenToFindings(editor);
showFindings(editor);
document.addEventListener('keydown', (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === 's') {
    writeBack();
  }
}, { capture: true });
