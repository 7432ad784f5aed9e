import type { Import, RefTerm } from './ast.ts';
import type { ParserContext } from './context.ts';
import { functionName } from './infix.ts';
import { printRef } from './print.ts';
import { addKeywords, futureKeywords, type Keywords, token, v1Keywords, v2Keywords } from './token.ts';

/** What `import rego.v1`, `import rego.v2` and `import future.keywords` change for the text behind them. */
export function applyImport(p: ParserContext, statement: Import, allowed: Keywords): void {
  const head = statement.path.terms[0];
  const root = head !== undefined && head.type === 'var' ? head.name : '';
  if (root === 'rego') applyRegoImport(p, statement);
  else if (root === 'future') applyFutureImport(p, statement, allowed);
  else return;
  reclassify(p);
}

/** The word at hand was read before the import was known. */
function reclassify(p: ParserContext): void {
  if (!p.at(token.ident) || !p.isKeyword(p.s.literal)) return;
  p.s.token = futureKeywords.get(p.s.literal) ?? token.ident;
}

/** True for the path of `import rego.v1` or `import rego.v2`. */
export function isVersionImport(path: RefTerm, version: 'v1' | 'v2'): boolean {
  return functionName(path) === `rego.${version}` && path.terms.length === 2;
}

function applyRegoImport(p: ParserContext, { path, aliasLocation }: Import): void {
  const version = isVersionImport(path, 'v1') ? 'v1' : isVersionImport(path, 'v2') ? 'v2' : undefined;
  if (version === undefined) {
    const got = printRef(path.terms);
    p.error(path.location, `invalid import \`${got}\`, must be one of: \`rego.v1\`, \`rego.v2\``);
    return;
  }
  const features =
    version === 'v1' ? ['rego_v1_import', 'rego_v1', 'rego_v2'] : ['rego_v2_import', 'rego_v2'];
  if (!features.some((feature) => p.capabilities.features.includes(feature))) {
    p.error(path.location, `invalid import, \`rego.${version}\` is not supported by current capabilities`);
    return;
  }
  if (aliasLocation !== undefined) {
    p.error(aliasLocation, '`rego` imports cannot be aliased');
    return;
  }
  if (p.version === version) return;
  p.s.keywords = addKeywords(p.s.keywords, v1Keywords);
  if (version === 'v1') return;
  p.s.keywords = addKeywords(p.s.keywords, v2Keywords);
  p.notBodies = true;
}

function applyFutureImport(p: ParserContext, { path, aliasLocation }: Import, allowed: Keywords): void {
  const [, group, word] = path.terms;
  if (group === undefined || group.type !== 'string' || group.value !== 'keywords') {
    p.error(path.location, 'invalid import, must be `future.keywords`');
    return;
  }
  if (aliasLocation !== undefined) {
    p.error(aliasLocation, '`future` imports cannot be aliased');
    return;
  }
  let words = [...allowed];
  if (path.terms.length === 3 && word !== undefined && word.type === 'string') {
    words = words.filter(([name]) => name === word.value);
    if (words.length === 0) {
      p.error(path.location, `unexpected keyword, must be one of [${[...allowed.keys()].sort().join(' ')}]`);
      return;
    }
  }
  if (words.some(([name]) => name === 'not')) p.notBodies = true;
  p.s.keywords = addKeywords(p.s.keywords, words);
}
