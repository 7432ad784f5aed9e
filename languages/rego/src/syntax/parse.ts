import type { Body, Module, RegoVersion, Term } from './ast.ts';
import { ParserContext } from './context.ts';
import { type Diagnostic, RegoSyntaxError } from './diagnostic.ts';
import { applyImport } from './keyword-imports.ts';
import type { Source } from './location.ts';
import { assembleModule, type ParsedStatements, type Statement } from './modules.ts';
import { defaultCapabilities, defaultParserLimits, type ParserOptions } from './options.ts';
import { printBody, printExpr } from './print.ts';
import { parseQuery } from './query.ts';
import { checkRuleName, parseRules } from './rules.ts';
import { itemsOf, LimitPassed, tooDeep } from './state.ts';
import { parseImport, parsePackage } from './statements.ts';
import {
  addKeywords,
  baseKeywords,
  futureKeywords,
  type Keywords,
  token,
  v1Keywords,
  v2Keywords,
} from './token.ts';

/**
 * Reads a module. Throws a RegoSyntaxError with every fault that OPA would tell, in its order.
 */
export function parseModule(file: string, text: string, options: ParserOptions = {}): Module {
  const source: Source = { file, text };
  const { statements, comments } = parseStatements(source, options);
  return assembleModule(source, statements, comments, options);
}

/** Reads a query: expressions divided by `;` or line ends. An empty text is an empty query. */
export function parseBody(text: string, options: ParserOptions = {}): Body {
  const { statements } = parseStatements({ file: '', text }, { skipRules: true, ...options });
  const body: Body = [];
  for (const statement of statements) {
    if (statement.type !== 'body') throw plainError(`expected body but got ${goName(statement)}`);
    for (const expr of statement.body) {
      expr.index = body.length;
      body.push(expr);
    }
  }
  return body;
}

/** Reads one term. */
export function parseTerm(text: string, options: ParserOptions = {}): Term {
  const body = parseBody(text, options);
  const [expr] = body;
  if (expr === undefined || body.length !== 1) {
    throw plainError(`expected exactly one term but got: ${printBody(body)}`);
  }
  if (expr.terms.type !== 'term') throw plainError(`expected term but got ${printExpr(expr)}`);
  return expr.terms.term;
}

function plainError(message: string): RegoSyntaxError {
  return new RegoSyntaxError([{ code: 'rego_parse_error', message, location: undefined }]);
}

function goName(statement: Statement): string {
  switch (statement.type) {
    case 'package':
      return '*ast.Package';
    case 'import':
      return '*ast.Import';
    case 'rule':
      return '*ast.Rule';
    case 'body':
      return 'ast.Body';
  }
}

/** Reads whatever statements stand in a text. */
export function parseStatements(source: Source, options: ParserOptions): ParsedStatements {
  const version = options.version ?? 'v1';
  const capabilities = options.capabilities ?? defaultCapabilities(version);
  const limits = { ...defaultParserLimits, ...options.limits };
  if (source.text.length > limits.maxLength) {
    throw plainError(`the text is longer than maxLength (${limits.maxLength} characters)`);
  }
  const { allowed, selected } = chooseKeywords(version, capabilities, options);
  const p = new ParserContext(source, version, capabilities, limits, options.skipRules ?? false);
  p.s.keywords = addKeywords(baseKeywords, selected);
  p.notBodies = selected.has('not');
  const statements: Statement[] = [];
  try {
    p.scan();
    while (!p.at(token.eof) && parseStatement(p, statements, allowed)) {
      // A term at fault is told once, so it must be found again where the next statement begins with it.
      if (!p.hasErrors) p.resetCache(undefined);
    }
  } catch (error) {
    const diagnostic = limitOf(error, p);
    if (diagnostic === undefined) throw error;
    throw new RegoSyntaxError([...itemsOf(p.s.errors), diagnostic]);
  }
  if (p.s.errors !== undefined) throw new RegoSyntaxError(itemsOf(p.s.errors));
  return { statements, comments: itemsOf(p.s.comments) };
}

/** The fault behind a bound that was passed; a full stack is the bound on depth where little stack was left. */
function limitOf(error: unknown, p: ParserContext): Diagnostic | undefined {
  if (error instanceof LimitPassed) return error.diagnostic;
  if (!(error instanceof RangeError)) return undefined;
  return { code: 'rego_parse_error', message: tooDeep, location: p.loc() };
}

/** Reads one statement; false where none can be read. */
function parseStatement(p: ParserContext, statements: Statement[], allowed: Keywords): boolean {
  if (!p.skipRules && checkRuleName(p, false)) return false;
  if (p.at(token.package)) {
    const saved = p.save();
    const found = parsePackage(p);
    if (found !== undefined) {
      statements.push({ type: 'package', package: found });
      return !atMinus(p);
    }
    if (p.hasErrors) return false;
    p.restore(saved);
  }
  if (p.at(token.import)) {
    const saved = p.save();
    const found = parseImport(p);
    if (found !== undefined) {
      if (atMinus(p)) return false;
      applyImport(p, found, allowed);
      statements.push({ type: 'import', import: found });
      return true;
    }
    if (p.hasErrors) return false;
    p.restore(saved);
  }
  return parseRuleOrQuery(p, statements);
}

/** A minus sign behind a path belongs to it no more, and would be read as the sign of what follows. */
function atMinus(p: ParserContext): boolean {
  if (!p.at(token.subtract)) return false;
  p.illegal();
  return true;
}

function parseRuleOrQuery(p: ParserContext, statements: Statement[]): boolean {
  if (!p.skipRules) {
    const saved = p.save();
    const rules = parseRules(p);
    if (rules !== undefined) {
      for (const rule of rules) statements.push({ type: 'rule', rule });
      return true;
    }
    if (p.hasErrors) return false;
    p.restore(saved);
  }
  const body = parseQuery(p, true, token.eof);
  if (body === undefined) return false;
  statements.push({ type: 'body', body });
  return true;
}

interface ChosenKeywords {
  /** What `import future.keywords` may name. */
  readonly allowed: Keywords;
  /** What is a keyword from the start. */
  readonly selected: Keywords;
}

function chooseKeywords(
  version: RegoVersion,
  capabilities: { readonly futureKeywords: readonly string[]; readonly features: readonly string[] },
  options: ParserOptions,
): ChosenKeywords {
  const isBaseline = version === 'v1' || version === 'v2';
  if (isBaseline && !capabilities.features.includes(`rego_${version}`)) {
    throw plainError(`illegal capabilities: rego_${version} feature required for parsing ${version} Rego`);
  }
  const allowed = new Map(isBaseline || capabilities.features.includes('rego_v1') ? v1Keywords : []);
  if (version === 'v2') for (const [word, kind] of v2Keywords) allowed.set(word, kind);
  for (const word of capabilities.futureKeywords) {
    const kind = futureKeywords.get(word);
    if (kind === undefined) throw plainError(`illegal capabilities: unknown keyword: ${word}`);
    if (!isBaseline || v2Keywords.has(word)) allowed.set(word, kind);
  }
  const wanted = options.futureKeywords ?? [];
  if (wanted === 'all') return { allowed, selected: allowed };
  const selected = new Map(version === 'v1' ? v1Keywords : version === 'v2' ? futureKeywords : []);
  for (const word of wanted) {
    const kind = allowed.get(word);
    if (kind === undefined) throw plainError(`unknown future keyword: ${word}`);
    selected.set(word, kind);
  }
  return { allowed, selected };
}
