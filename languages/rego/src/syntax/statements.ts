import type { Import, Package, RefTerm, Term } from './ast.ts';
import { refTerm, stringTerm, varTerm } from './build.ts';
import type { ParserContext } from './context.ts';
import { printRef, printTerm } from './print.ts';
import { parseTerm } from './terms.ts';
import { addKeywords, futureKeywords, isReservedWord, token, withoutKeywords } from './token.ts';

/** At a name, or at a keyword that may be one. */
function takeName(p: ParserContext): boolean {
  if (p.at(token.ident)) return true;
  if (!p.isNameKeyword(p.s.token)) return false;
  p.s.token = token.ident;
  return true;
}

/** Steps over `package` or `import`; false where the word heads a reference (`import.x`). */
function stepOver(p: ParserContext): boolean {
  p.scanSpace();
  if (p.at(token.dot) || p.at(token.leftBracket)) return false;
  if (p.at(token.whitespace)) p.scan();
  return true;
}

export function parsePackage(p: ParserContext): Package | undefined {
  const location = p.loc();
  if (!stepOver(p)) return undefined;
  if (!takeName(p)) {
    p.illegal();
    return undefined;
  }
  const term = parseTerm(p);
  if (term === undefined) {
    if (!p.hasErrors) p.error(p.loc(), 'expected path');
    return undefined;
  }
  const path = packagePath(p, term);
  return path === undefined ? undefined : { path, location };
}

function packagePath(p: ParserContext, term: Term): Term[] | undefined {
  if (term.type === 'var') return [varTerm('data', term.location), stringTerm(term.name, term.location)];
  const head = term.type === 'ref' ? term.terms[0] : undefined;
  if (term.type !== 'ref' || head === undefined) {
    p.illegal();
    return undefined;
  }
  if (head.type !== 'var') {
    p.error(head.location, `unexpected ${head.type} token: expecting var`);
    return undefined;
  }
  const path: Term[] = [varTerm('data', head.location), stringTerm(head.name, head.location)];
  return allStrings(p, term.terms) ? path.concat(term.terms.slice(1)) : undefined;
}

function allStrings(p: ParserContext, terms: readonly Term[]): boolean {
  const other = terms.find((part, at) => at > 0 && part.type !== 'string');
  if (other !== undefined) p.error(other.location, `unexpected ${other.type} token: expecting string`);
  return other === undefined;
}

export function parseImport(p: ParserContext): Import | undefined {
  const location = p.loc();
  if (!stepOver(p)) return undefined;
  if (!takeName(p)) {
    p.illegal();
    return undefined;
  }
  const path = importPath(p);
  if (path === undefined) return undefined;
  const head = path.terms[0];
  const root = head !== undefined && head.type === 'var' ? head.name : '';
  if (head === undefined || !['data', 'input', 'future', 'rego'].includes(root)) {
    p.hint('if this is unexpected, try updating OPA');
    const got = head === undefined ? '' : printTerm(head);
    const message = `unexpected import path, must begin with one of: {data, future, input, rego}, got: ${got}`;
    p.error(path.location, message);
    return undefined;
  }
  if (p.at(token.as)) return parseAlias(p, path, location);
  checkLastName(p, path, root);
  return { path, alias: '', location, aliasLocation: undefined };
}

/** The path, read without any future keyword, so that `future.keywords.in` can be imported twice. */
function importPath(p: ParserContext): RefTerm | undefined {
  const before = p.save();
  const known = p.s.keywords;
  const cache = p.cacheMark;
  p.resetCache(undefined);
  p.s.keywords = withoutKeywords(known, futureKeywords);
  const term = parseTerm(p);
  p.resetCache(cache);
  if (
    term !== undefined &&
    term.type === 'ref' &&
    term.terms.some((t, at) => at > 0 && t.type !== 'string')
  ) {
    p.restore(before);
    allStrings(p, term.terms);
    return undefined;
  }
  p.s.keywords = addKeywords(p.s.keywords, known);
  if (term !== undefined && term.type === 'var') return refTerm([term], term.location);
  if (term !== undefined && term.type === 'ref') return term;
  p.error(p.loc(), 'expected path');
  return undefined;
}

function parseAlias(p: ParserContext, path: RefTerm, location: Import['location']): Import | undefined {
  p.scan();
  if (!p.at(token.ident)) {
    p.illegal('expected var');
    return undefined;
  }
  const alias = parseTerm(p);
  if (alias !== undefined && alias.type === 'var') {
    return { path, alias: alias.name, location, aliasLocation: alias.location };
  }
  if (alias !== undefined && alias.type === 'ref' && alias.terms.length === 1) {
    const got = printRef(alias.terms);
    p.error(alias.location, `unexpected import alias, must not be a reserved name, got: ${got}`);
    return undefined;
  }
  p.illegal('expected var');
  return undefined;
}

/** What an import is called by its last name, which may not be a keyword, but for `future` imports. */
function checkLastName(p: ParserContext, path: RefTerm, root: string): void {
  const last = path.terms.at(-1);
  if (last === undefined || (path.terms.length > 1 && root === 'future')) return;
  const name = last.type === 'var' ? last.name : last.type === 'string' ? last.value : '';
  if (!isReservedWord(name, p.version)) return;
  p.hint('import a different path or use an alias');
  p.error(last.location, `unexpected import path, must not end with a keyword, got: ${name}`);
}
