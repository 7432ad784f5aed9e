/** A space of no width: what stands on its two sides is no longer one word to a forge. */
const breaker = '&#8203;';

/**
 * Plain text for GitHub's and GitLab's Markdown: it comes out as it is written, on one line, in tables too. Characters that
 * make markup become references, which never do (CommonMark 0.31, 2.5). Forges look for mentions, references of issues,
 * commits and links once more in what was rendered: there a space of no width breaks the word.
 */
export function escapeMarkdown(text: string): string {
  const plain = text.trim();
  if (!special.test(plain)) return plain;
  return plain
    .replace(commits, (found) => found.replace(/.{6}(?=.)/g, '$&\u200b'))
    .replace(/www(?=\.)|GH(?=-\d)|:(?=\/\/|[\w+-]+:)/gi, '$&\u200b')
    .replace(/([@#!$~%&[*^])(?=[\w"'.-])/g, '$1\u200b')
    .replace(/[\\`*_[\]<>#|~^!$%&@\u200b]/g, reference)
    .replace(/^[-+=]|^(\d{1,9})(?=[.)])/, (found, digits) =>
      digits === undefined ? reference(found) : `${digits}${breaker}`,
    );
}

/** Texts without any of these are most of all, and nothing is to be done for them. */
const special = /[\\`*_[\]<>#|~^!$%&@:\u200b]|www\.|GH-|[0-9a-f]{7}|^[-+=\d]/i;

/** Abbreviated and whole names of commits. */
const commits = /\b[0-9a-f]{7,40}\b/gi;

function reference(character: string): string {
  return `&#${character.charCodeAt(0)};`;
}

/** At most so many characters: no text from the input may push all others out of a comment. */
export function clipped(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 3).toWellFormed()}...`;
}

/** Text as code, in which forges look for nothing. Not for tables: a bar would end the cell. */
export function codeSpan(text: string): string {
  if (text.trim() === '') return '';
  let longest = 0;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  const fence = '`'.repeat(longest + 1);
  // One space is taken off at each side where there is one at both (CommonMark 0.31, 6.1).
  const pad = /^[` ]|[` ]$/.test(text) ? ' ' : '';
  return `${fence}${pad}${text}${pad}${fence}`;
}

/** An id in a table: as code where it is one word, else as text. */
export function idText(id: string): string {
  return /^[\w.-]+$/.test(id) ? `\`${id}\`` : escapeMarkdown(id);
}

/** Text as code inside a block of HTML. */
export function htmlCode(text: string): string {
  return `<code>${text.replace(/[&<>"']/g, reference)}</code>`;
}

/** A heading and what stands below it; nothing where nothing does. */
export function section(title: string, body: string): string {
  return body === '' ? '' : `### ${title}\n\n${body}\n`;
}
