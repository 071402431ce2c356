/*
 * Pictures on their way in: found in what was pasted, dropped or imported, and
 * sent to the house at once (POST /files).  The page's policy shows no data:
 * and no foreign picture, so a picture exists only when the house keeps it.
 */

const kinds = { png: 'image/png', jpeg: 'image/jpeg' };

/* Send one file; gives its address and what was taken out of it (a sentence or nothing), or
 * throws an Error with the house's sentence. */
export async function sendPicture(form, blob, name) {
  const parts = new FormData();
  parts.set('csrf', form.elements.csrf.value);
  parts.set('manuscript', form.dataset.manuscript);
  parts.set('file', blob, name);
  const answer = await fetch('/files', { method: 'POST', body: parts,
    headers: { Accept: 'application/json' } });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    throw new Error(told.sentence ?? '');
  }
  return told;
}

/* The bytes of a .docx; of a .doc or .wps those that the server made of it.  A refusal
 * carries its sentence. */
export async function docxOf(form, file) {
  if (/\.docx$/i.test(file.name)) {
    return file.arrayBuffer();
  }
  const parts = new FormData();
  parts.set('csrf', form.elements.csrf.value);
  parts.set('file', file, file.name);
  const answer = await fetch('/files/convert', { method: 'POST', body: parts,
    headers: { Accept: 'application/json' } });
  if (!answer.ok) {
    throw Object.assign(new Error('refused'), await answer.json().catch(() => ({})));
  }
  return answer.arrayBuffer();
}

/* Word's own pictures: hexadecimal in the RTF beside the HTML, in the same order. */
export function picturesOfRtf(rtf) {
  const found = [];
  const start = /\{\\pict(?![a-z])/g;
  for (let hit = start.exec(rtf); hit; hit = start.exec(rtf)) {
    const group = groupAt(rtf, hit.index);
    const kind = /\\pngblip/.test(group) ? 'png' : /\\jpegblip/.test(group) ? 'jpeg' : null;
    const outside = rtf.slice(Math.max(0, hit.index - 20), hit.index);
    if (/\\nonshppict\s*$/.test(outside)) {
      continue;
    }
    const hex = kind && /([0-9a-fA-F\s]{16,})\}?$/.exec(withoutGroups(group));
    found.push(hex ? blobOfHex(hex[1], kinds[kind]) : null);
  }
  return found;
}

function groupAt(rtf, start) {
  let depth = 0;
  for (let at = start; at < rtf.length; at += 1) {
    depth += rtf[at] === '{' ? 1 : rtf[at] === '}' ? -1 : 0;
    if (depth === 0) {
      return rtf.slice(start, at + 1);
    }
  }
  return rtf.slice(start);
}

function withoutGroups(group) {
  let inside = group.slice(1, -1);
  for (let before = ''; before !== inside;) {
    before = inside;
    inside = inside.replace(/\{[^{}]*\}/g, '');
  }
  return inside;
}

function blobOfHex(hex, type) {
  const digits = hex.replace(/\s+/g, '');
  const bytes = new Uint8Array(digits.length / 2);
  for (let at = 0; at < bytes.length; at += 1) {
    bytes[at] = parseInt(digits.substr(at * 2, 2), 16);
  }
  return new Blob([bytes], { type });
}

/* A picture written into an address, as WPS and browsers do. */
export function blobOfData(address) {
  const parts = /^data:(image\/(?:png|jpeg|gif|webp));base64,([\s\S]+)$/.exec(address);
  if (!parts) {
    return null;
  }
  const raw = atob(parts[2].replace(/\s+/g, ''));
  return new Blob([Uint8Array.from(raw, (letter) => letter.charCodeAt(0))], { type: parts[1] });
}

export function nameOf(blob) {
  return 'picture.' + (blob.type.split('/')[1] ?? 'png');
}
