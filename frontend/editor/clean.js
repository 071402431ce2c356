/*
 * Makes HTML from Word, WPS or a web page fit for the editor.  It is given a
 * string and gives a string, and touches styles as text only: were they parsed
 * under their own name, the policy of the page would report each of them.
 * The server cleans again; this is for people's eyes, not for safety.
 *
 * Numbers that Word draws itself (mso-list) are kept as typed text, 一、 and
 * （一）, because that is how official documents carry their levels.
 */

const blanks = /^[\s\u00a0\u2002-\u200b\u3000\ufeff]+/;

/* Styles and inline handlers under names that mean nothing to a browser. */
function disarm(html) {
  return html
    .replace(/<!--\[if[\s\S]*?<!\[endif\]-->/gi, (piece) =>
      (/<v:textbox/i.test(piece) ? '<x-dropped data-kind="textbox"></x-dropped>' : ''))
    .replace(/<!\[(?:if|endif)[^>]*>/gi, '')
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/<(style|script|xml|title)\b[\s\S]*?<\/\1\s*>/gi, '')
    .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/([\s"'])style\s*=/gi, '$1data-css=')
      .replace(/([\s"'])on[a-z]+\s*=/gi, '$1data-off='));
}

function css(node) {
  return (node.getAttribute('data-css') ?? '').replace(/\s+/g, '').toLowerCase();
}

/* What is left out, by kind; *dropped* counts it for the person. */
function dropForeign(body, dropped) {
  const drop = (selector, kind, keep) => body.querySelectorAll(selector).forEach((node) => {
    if (!body.contains(node)) {
      return;
    }
    if (kind) {
      dropped[kind] = (dropped[kind] ?? 0) + 1;
    }
    keep ? node.replaceWith(...node.childNodes) : node.remove();
  });
  drop('x-dropped[data-kind="textbox"]', 'textbox');
  drop('.MsoCommentReference, .msocomanchor, [class*="msocom"], [data-css*="mso-element:comment"]',
    'comment');
  drop('del, .msoDel', 'tracked');
  drop('ins, .msoIns', 'tracked', true);
  drop('iframe, object, embed, video, audio, svg, canvas, math', 'embedded');
  drop('input, select, textarea, button', 'form');
  drop('meta, link, base, o\\:p:empty, colgroup');
}

/* The number that Word drew stands as text, without the blanks behind it. */
function keepNumbers(body) {
  body.querySelectorAll('[data-css*="mso-list"]').forEach((node) => {
    if (/mso-list:ignore/.test(css(node))) {
      const number = node.textContent.replace(/[\s\u00a0]+/g, '');
      node.replaceWith(/^[·•§Øo\-–—\uf000-\uf0ff]$/.test(number) ? '' : number);
    }
  });
}

function markFormat(body) {
  body.querySelectorAll('span, font').forEach((node) => {
    const look = css(node);
    const wrap = (tag) => {
      const outer = document.implementation.createHTMLDocument('').createElement(tag);
      outer.append(...node.childNodes);
      node.append(outer);
    };
    if (/font-weight:(?:bold|[6-9]00)/.test(look)) {
      wrap('strong');
    }
    if (/vertical-align:super/.test(look)) {
      wrap('sup');
    } else if (/vertical-align:sub/.test(look)) {
      wrap('sub');
    }
  });
}

function placeBlocks(body) {
  body.querySelectorAll('h1').forEach((node) => rename(node, 'h2'));
  body.querySelectorAll('h5, h6').forEach((node) => rename(node, 'h4'));
  body.querySelectorAll('caption').forEach((node) => {
    const line = rename(node, 'p');
    line.className = 'centre';
    line.closest('table').before(line);
  });
  body.querySelectorAll('p, h2, h3, h4, div').forEach((node) => {
    const look = css(node) + ';align:' + (node.getAttribute('align') ?? '').toLowerCase();
    if (/(?:text-)?align:center/.test(look)) {
      node.classList.add('centre');
    } else if (/(?:text-)?align:right/.test(look)) {
      node.classList.add('right');
    }
    trimStart(node);
  });
}

function rename(node, tag) {
  const other = node.ownerDocument.createElement(tag);
  other.append(...node.childNodes);
  [...node.attributes].forEach(({ name, value }) => other.setAttribute(name, value));
  node.replaceWith(other);
  return other;
}

/* Blanks in front stand for an indent, which the layout gives. */
function trimStart(node) {
  for (let at = node.firstChild; at; at = node.firstChild) {
    let deep = at;
    while (deep.firstChild) {
      deep = deep.firstChild;
    }
    if (deep.nodeType !== 3) {
      return;
    }
    deep.data = deep.data.replace(blanks, '');
    if (deep.data || at.textContent) {
      return;
    }
    at.remove();
  }
}

/* A table that only frames the text is no table. */
function unwrapFrames(body) {
  body.querySelectorAll('table').forEach((table) => {
    const cells = [...table.querySelectorAll('td, th')].filter((cell) =>
      cell.closest('table') === table);
    if (cells.length === 1) {
      table.replaceWith(...cells[0].childNodes);
    }
  });
}

function dropEmpty(body) {
  body.querySelectorAll('span, font, strong, b, a, o\\:p').forEach((node) => {
    if (!node.textContent && !node.querySelector('img, br')) {
      node.remove();
    }
  });
  body.querySelectorAll('p, h2, h3, h4, div').forEach((node) => {
    if (!node.textContent.replace(blanks, '') && !node.querySelector('img, table') &&
        !node.closest('td, th')) {
      node.remove();
    }
  });
}

/*
 * Clean *html*.  *place(picture, index)* is asked for each <img> and answers
 * the address of a kept file, or null: then the picture is counted as dropped.
 * Gives { html, dropped: {picture: 2, comment: 1, …} }.
 */
export async function clean(html, place) {
  const dropped = {};
  const body = new DOMParser().parseFromString(disarm(html), 'text/html').body;
  dropForeign(body, dropped);
  keepNumbers(body);
  markFormat(body);
  let index = 0;
  for (const picture of body.querySelectorAll('img')) {
    const source = await place(picture, index);
    index += 1;
    if (source) {
      picture.setAttribute('src', source);
      if (!picture.getAttribute('alt')) {
        picture.removeAttribute('alt');
      }
    } else {
      dropped.picture = (dropped.picture ?? 0) + 1;
      picture.remove();
    }
  }
  placeBlocks(body);
  unwrapFrames(body);
  dropEmpty(body);
  body.querySelectorAll('[data-css], [data-off]').forEach((node) => {
    node.removeAttribute('data-css');
    node.removeAttribute('data-off');
  });
  return { html: body.innerHTML, dropped };
}
