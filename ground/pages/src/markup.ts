/** Text as it stands in the content and in quoted attributes of HTML and XML. What XML 1.0 cannot have is replaced. */
export function markupText(text: string): string {
  return special.test(text) ? text.replace(everySpecial, written) : text;
}

/** The same for attributes whose line breaks and tabs must stay: a parser of XML makes spaces of bare ones. */
export function markupAttribute(text: string): string {
  return markupText(text).replace(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function written(character: string): string {
  return entities.get(character) ?? '\uFFFD';
}

const entities = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

// https://www.w3.org/TR/xml/#charsets: lone surrogates are none of them. C1 controls are, but steer terminals.
const special = /[&<>"']|[^\t\n\r\u0020-\u007E\u00A0-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
const everySpecial = new RegExp(special, 'gu');
