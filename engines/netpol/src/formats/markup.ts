/** Text as it stands in HTML, XML and attributes of both; characters that XML cannot have are replaced. */
export function escaped(text: string): string {
  return text
    .replaceAll(notXml, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

// https://www.w3.org/TR/xml/#charsets; lone surrogates are none of them.
const notXml = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;
