import { script, scriptDigest, style, styleDigest } from '../generated/page.js';
import { pageData } from './html-data.ts';
import { counts, type ScanReport } from './report.ts';
import { titleSuffix } from './scanned.ts';

/**
 * One self-contained page. It loads nothing and sends nothing, and its Content-Security-Policy lets nothing else run:
 * only the script and the style whose digests stand in it. Text from the input is data in a JSON island; the page
 * makes text nodes of it.
 */
export function* htmlParts(report: ScanReport): Generator<string> {
  const { name, version } = report.tool;
  const title = attribute(`${name} report${titleSuffix(report.input)}`);
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="${attribute(`${name} ${version}`)}">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<div id="app"><main><h1>${title}</h1><p>${summaryOf(report)}</p>
<noscript><p>Lists, search and filters need JavaScript, which is turned off here. \
The formats markdown and csv need none.</p></noscript></main></div>
<script id="data" type="application/json">`;
  yield* islandParts(pageData(report));
  yield `</script>\n<script>${script}</script>\n</body>\n</html>\n`;
}

const policy = [
  "default-src 'none'",
  `script-src '${scriptDigest}'`,
  `style-src '${styleDigest}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** What a reader without scripts learns. */
function summaryOf(report: ScanReport): string {
  const found = report.findings.filter(({ finding }) => counts(finding)).length;
  const unread = report.notifications.filter(({ level }) => level === 'error').length;
  const { objects, dockerfiles } = report.input;
  return `${count(found, 'finding')} in ${count(objects, 'object')} and ${count(dockerfiles, 'Dockerfile')}; \
${count(unread, 'error')}. ${attribute(report.time)}`;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

/** The data member by member: each is a text of its own, and long lists are never joined with others. */
function* islandParts(data: object): Generator<string> {
  let lead = '{';
  for (const [key, value] of Object.entries(data)) {
    yield `${lead}"${key}":${islandSafe(JSON.stringify(value))}\n`;
    lead = ',';
  }
  yield '}';
}

/** JSON that no HTML parser leaves early: neither `</script>` nor `<!--` can stand in it. */
function islandSafe(json: string): string {
  return json.replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

function attribute(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
