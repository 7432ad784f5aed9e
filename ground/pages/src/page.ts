import { markupText } from './markup.ts';

/** What `scripts/page.ts` makes of a folder `page`: one script and one style, and their digests for the policy. */
export interface BuiltPage {
  readonly script: string;
  readonly scriptDigest: string;
  readonly style: string;
  readonly styleDigest: string;
}

export interface PageContent {
  /** The title, which is the first heading too until the script runs. */
  readonly title: string;
  readonly generator?: string;
  /** What a reader without scripts learns. */
  readonly summary?: string;
  readonly noscript: string;
  /** What the script finds in the element `data`; members that are undefined are left out. */
  readonly data: object;
}

/**
 * One self-contained page. It loads nothing and sends nothing, and its Content-Security-Policy lets nothing run but the
 * script and the style whose digests stand in it. Texts are escaped; data from the input stands in a JSON island, of
 * which the script makes text nodes in `#app`.
 */
export function* pageParts(built: BuiltPage, content: PageContent): Generator<string> {
  const title = markupText(content.title);
  const { generator, summary } = content;
  const more = {
    meta: generator === undefined ? '' : `\n<meta name="generator" content="${markupText(generator)}">`,
    summary: summary === undefined ? '' : `<p>${markupText(summary)}</p>`,
  };
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(built)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">${more.meta}
<title>${title}</title>
<style>${built.style}</style>
</head>
<body>
<div id="app"><main><h1>${title}</h1>${more.summary}
<noscript><p>${markupText(content.noscript)}</p></noscript></main></div>
<script id="data" type="application/json">`;
  yield* islandParts(content.data);
  yield `</script>\n<script>${built.script}</script>\n</body>\n</html>\n`;
}

function policyOf({ scriptDigest, styleDigest }: BuiltPage): string {
  return [
    "default-src 'none'",
    `script-src '${scriptDigest}'`,
    `style-src '${styleDigest}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

/** The data member by member: each is a text of its own, and long lists are never joined with others. */
function* islandParts(data: object): Generator<string> {
  let lead = '{';
  for (const [key, value] of Object.entries(data)) {
    if (value === undefined) continue;
    yield `${lead}${islandSafe(JSON.stringify(key))}:${islandSafe(JSON.stringify(value))}\n`;
    lead = ',';
  }
  yield lead === '{' ? '{}' : '}';
}

/** JSON that no HTML parser leaves early: neither `</script>` nor `<!--` can stand in it. */
function islandSafe(json: string): string {
  return json.replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}
