/*
 * What a manuscript's text may be made of.  The same closed list that the
 * server writes when it cleans a body (src/text/text.h): what the editor shows
 * is what will be kept.
 */
import { Blockquote } from '@tiptap/extension-blockquote';
import { Bold } from '@tiptap/extension-bold';
import { Document } from '@tiptap/extension-document';
import { HardBreak } from '@tiptap/extension-hard-break';
import { Heading } from '@tiptap/extension-heading';
import { HorizontalRule } from '@tiptap/extension-horizontal-rule';
import { Image } from '@tiptap/extension-image';
import { Italic } from '@tiptap/extension-italic';
import { Link } from '@tiptap/extension-link';
import { BulletList, ListItem, OrderedList } from '@tiptap/extension-list';
import { Paragraph } from '@tiptap/extension-paragraph';
import { Strike } from '@tiptap/extension-strike';
import { Subscript } from '@tiptap/extension-subscript';
import { Superscript } from '@tiptap/extension-superscript';
import { Table, TableCell, TableHeader, TableRow } from '@tiptap/extension-table';
import { Text } from '@tiptap/extension-text';
import { Underline } from '@tiptap/extension-underline';
import { Dropcursor, Gapcursor, TrailingNode, UndoRedo } from '@tiptap/extensions';
import { Extension } from '@tiptap/core';

export const layoutClasses = ['no-indent', 'centre', 'right', 'signature', 'date', 'docnum'];

/* Where a block stands: one of the layout classes, kept as class. */
const LayoutClass = Extension.create({
  name: 'layoutClass',
  addGlobalAttributes() {
    return [{
      types: ['paragraph', 'heading', 'tableCell', 'tableHeader'],
      attributes: {
        layout: {
          default: null,
          parseHTML: (node) => layoutClasses.find((name) => node.classList.contains(name)) ?? null,
          renderHTML: ({ layout }) => (layout ? { class: layout } : {}),
        },
      },
    }];
  },
});

/* Tables without widths: a style attribute would be blocked, and is not kept. */
const PlainTable = Table.extend({
  renderHTML() {
    return ['table', ['tbody', 0]];
  },
});
const keepSpans = (name) => ({
  default: 1,
  parseHTML: (node) => Number(node.getAttribute(name) ?? 1) || 1,
  renderHTML: (values) => (values[name] > 1 ? { [name]: values[name] } : {}),
});
const cellAttributes = {
  addAttributes() {
    return { colspan: keepSpans('colspan'), rowspan: keepSpans('rowspan'),
      colwidth: { default: null, rendered: false } };
  },
};

/*
 * Only files that the house keeps are pictures.  A picture is born without
 * alternative text, not with an empty one, which would say it is decoration.
 */
const KeptImage = Image.extend({
  addAttributes() {
    return { src: {}, alt: { default: null }, width: { default: null }, height: { default: null } };
  },
  parseHTML() {
    return [{ tag: 'img[src^="/files/"]' }];
  },
});

export const extensions = [
  Document, Paragraph, Text, HardBreak, HorizontalRule, Blockquote,
  Heading.configure({ levels: [2, 3, 4] }),
  Bold, Italic, Underline, Strike, Subscript, Superscript,
  Link.configure({ openOnClick: false, autolink: false, linkOnPaste: false,
    protocols: ['http', 'https', 'mailto'],
    HTMLAttributes: { target: null, rel: null, class: null } }),
  BulletList, OrderedList, ListItem,
  PlainTable.configure({ resizable: false, cellMinWidth: 0 }), TableRow,
  TableCell.extend(cellAttributes), TableHeader.extend(cellAttributes),
  KeptImage.configure({ inline: true, allowBase64: false }),
  /* Below a table that ends the text there is always a line to type in. */
  TrailingNode.configure({ node: 'paragraph',
    notAfter: ['paragraph', 'heading', 'bulletList', 'orderedList', 'blockquote'] }),
  LayoutClass, UndoRedo.configure({ newGroupDelay: 500 }), Gapcursor, Dropcursor.configure({ color: false, class: 'drop-here' }),
];
