/*
 * What may stand at the caret, from the schema of the language: the words of a part, the
 * values of a closed list, the codes that a reference may name.
 */

let schema = null;

export function setSchema(read) {
  schema = read;
}

/* The part of the schema below *words*, keys and '-' for members of a list. */
export function partAt(words) {
  let parts = [schema];
  for (const word of words) {
    parts = parts.flatMap((part) => {
      const forms = part.anyOf && !part.properties ? part.anyOf : [part];
      return forms.flatMap((form) => {
        if (word === '-') {
          return form.items ? [form.items] : [];
        }
        return form.properties?.[word] ?? form.additionalProperties ?? [];
      });
    }).filter((part) => typeof part === 'object');
  }
  return parts.flatMap((part) => [part, ...(part.properties ? [] : part.anyOf ?? [])]);
}

/* Keys that stand around the caret by indentation, from the top: ["routes", "r1"]. */
function around(state, number, indent) {
  const words = [];
  let limit = indent;
  for (let at = number - 1; at > 0 && limit > 0; at -= 1) {
    const { text } = state.doc.line(at);
    const own = text.search(/\S/);
    const key = /^\s*(?:- )?([\w.*/-]+):/.exec(text);
    if (own >= 0 && own < limit && text[own] !== '#') {
      if (text[own] === '-') {
        words.unshift('-');
      } else if (key) {
        words.unshift(key[1]);
      }
      limit = own;
    }
  }
  return words;
}

/* What is open before the caret on its own line: {words, key, typed}. */
function within(text) {
  const words = [];
  const open = [];
  let key = '';
  let typed = '';
  let quote = '';
  for (const sign of text) {
    if (quote) {
      quote = sign === quote ? '' : quote;
    } else if (sign === '"' || sign === "'") {
      quote = sign;
    } else if (sign === '{' || sign === '[') {
      open.push({ sign, words: words.length });
      if (key) {
        words.push(key);
      }
      if (sign === '[') {
        words.push('-');
      }
      key = '';
      typed = '';
    } else if (sign === '}' || sign === ']') {
      words.length = open.pop()?.words ?? 0;
      key = '';
      typed = '';
    } else if (sign === ',') {
      key = '';
      typed = '';
    } else if (sign === ':') {
      key = typed.trim();
      typed = '';
    } else {
      typed += sign;
    }
  }
  return { words, key, typed: typed.trimStart(), quoted: quote !== '' };
}

/* {words, key, typed}: where the caret stands, and what is typed of the present word. */
export function placeAt(state, position) {
  const line = state.doc.lineAt(position);
  let text = line.text.slice(0, position - line.from);
  const indent = text.search(/\S/) < 0 ? text.length : text.search(/\S/);
  const words = around(state, line.number, indent);
  text = text.slice(indent);
  while (text.startsWith('- ') || text === '-') {
    words.push('-');
    text = text.slice(2);
  }
  const inside = within(text);
  return { words: [...words, ...inside.words], key: inside.key, typed: inside.typed,
    quoted: inside.quoted };
}

function namesOf(section) {
  const names = document.getElementById('names');
  const kept = section.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
  return (names?.dataset[kept] ?? '').split(' ').filter(Boolean);
}

function said(part) {
  const [zh, en] = (part.description ?? '').split(' / ');
  return document.documentElement.lang === 'en' ? en : zh;
}

export function completions(context) {
  if (!schema) {
    return null;
  }
  const place = placeAt(context.state, context.pos);
  if (place.quoted || (!place.typed && !context.explicit && !place.key)) {
    return null;
  }
  const parts = partAt(place.key ? [...place.words, place.key] : place.words);
  const options = parts.flatMap((part) => {
    const listed = place.key || place.words.at(-1) === '-';
    const values = [...(part.enum ?? []), ...(part.type === 'boolean' ? ['true', 'false'] : []),
      ...(part['x-of'] ? namesOf(part['x-of']) : [])].map((label) => ({ label, type: 'constant' }));
    const keys = place.key ? [] : Object.entries(part.properties ?? {}).map(([label, below]) => ({
      label, detail: said(below), type: 'property', apply: `${label}: ` }));
    return listed ? [...values, ...keys] : keys;
  });
  const seen = new Set();
  const once = options.filter(({ label }) => !seen.has(label) && seen.add(label));
  return once.length > 0 ? { from: context.pos - place.typed.length, options: once,
    validFor: /^[\w.-]*$/ } : null;
}
