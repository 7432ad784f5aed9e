import { script, scriptDigest, style, styleDigest } from '../../generated/page.js';
import { graphOf } from './graph.ts';
import { escaped } from './markup.ts';
import type { PageData } from './reach-graph.ts';
import type { Report } from './report.ts';

/**
 * One self-contained page. It loads nothing and sends nothing, and its Content-Security-Policy lets nothing run but the
 * script and the style whose digests stand in it. Text from the input is data in a JSON island; the page makes text
 * nodes of it.
 */
export function reportHtml(report: Report): string {
  const data: PageData = {
    graph: graphOf(report),
    ...(report.connection === undefined ? {} : { connection: report.connection }),
    unprotected: report.exposure?.unprotected ?? [],
  };
  const title = escaped(`Who can reach whom${data.connection === undefined ? '' : ` on ${data.connection}`}`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main id="app"><h1>${title}</h1>
<noscript><p>The drawing and the lists need JavaScript, which is turned off here. \
The formats svg, md and csv need none.</p></noscript></main>
<script id="data" type="application/json">${islandSafe(JSON.stringify(data))}</script>
<script>${script}</script>
</body>
</html>
`;
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

/** JSON that no HTML parser leaves early: neither `</script>` nor `<!--` can stand in it. */
function islandSafe(json: string): string {
  return json.replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}
