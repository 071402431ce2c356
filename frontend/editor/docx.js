/*
 * Reads a .docx whole; loaded only when somebody imports one.  Pictures are
 * handed out one by one, warnings come back as sentences of mammoth and as
 * counts of what no text can hold.
 */
import mammoth from 'mammoth/mammoth.browser.js';

const styles = [
  "p[style-name='Title'] => p.centre:fresh",
  "p[style-name='标题'] => p.centre:fresh",
  "p[style-name='Heading 1'] => h2:fresh",
  "p[style-name='Heading 2'] => h3:fresh",
  "p[style-name='Heading 3'] => h4:fresh",
  "p[style-name='heading 1'] => h2:fresh",
  "p[style-name='heading 2'] => h3:fresh",
  "p[style-name='heading 3'] => h4:fresh",
  'u => u', 'comment-reference => sup.x-comment',
];

/* Gives { html, dropped }; *keep(blob)* answers a picture's address. */
window.readDocx = async function readDocx(bytes, keep) {
  const dropped = {};
  const count = (kind) => { dropped[kind] = (dropped[kind] ?? 0) + 1; };
  const result = await mammoth.convertToHtml({ arrayBuffer: bytes }, {
    styleMap: styles,
    ignoreEmptyParagraphs: true,
    convertImage: mammoth.images.imgElement(async (image) => {
      const raw = await image.readAsArrayBuffer();
      return { src: await keep(new Blob([raw], { type: image.contentType })) ?? '' };
    }),
  });
  const html = result.value.replace(/<sup class="x-comment">[\s\S]*?<\/sup>/g, () => {
    count('comment');
    return '';
  }).replace(/<dl>[\s\S]*?<\/dl>\s*$/, '');
  result.messages.forEach(({ type, message }) => {
    if (type === 'error' || /textbox|w:txbxContent/i.test(message)) {
      count('textbox');
    } else if (/w:ins|w:del|revision/i.test(message)) {
      count('tracked');
    } else if (/image|drawing|v:/i.test(message)) {
      count('picture');
    }
  });
  return { html, dropped };
};
