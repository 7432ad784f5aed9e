import { builtinDeclaration } from '../builtins/declarations.ts';
import type { Body, Comment, Import, Module, Package, RegoVersion, Rule, Term, VersionSpan } from './ast.ts';
import { ruleFromBody } from './body-rules.ts';
import { itemsOf, LimitPassed, ParserContext, tooDeep } from './context.ts';
import { type Diagnostic, RegoSyntaxError } from './diagnostic.ts';
import { applyImport, isVersionImport } from './keyword-imports.ts';
import { Location, type Source } from './location.ts';
import { defaultCapabilities, defaultParserLimits, type ParserOptions } from './options.ts';
import { printBody, printExpr } from './print.ts';
import { parseQuery } from './query.ts';
import { checkRuleName, parseRules } from './rules.ts';
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
import { checkV1Rule } from './version-checks.ts';

export type Statement =
  | { readonly type: 'package'; readonly package: Package }
  | { readonly type: 'import'; readonly import: Import }
  | { readonly type: 'rule'; readonly rule: Rule }
  | { readonly type: 'body'; readonly body: Body };

export interface ParsedStatements {
  readonly statements: readonly Statement[];
  readonly comments: Comment[];
}

/**
 * Reads a module. Throws a RegoSyntaxError with every fault that OPA would tell, in its order.
 */
export function parseModule(file: string, text: string, options: ParserOptions = {}): Module {
  const source: Source = { file, text };
  const { statements, comments } = parseStatements(source, options);
  return assemble(source, statements, comments, options);
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

function assemble(
  source: Source,
  statements: readonly Statement[],
  comments: Comment[],
  options: ParserOptions,
): Module {
  const [first, ...rest] = statements;
  if (first === undefined) {
    const location = new Location(source, 0, 0, 0, 0, 0);
    throw new RegoSyntaxError([{ code: 'rego_parse_error', message: 'empty module', location }]);
  }
  const faults: Diagnostic[] = [];
  const fault = (message: string, location: Location | undefined) => {
    faults.push({ code: 'rego_parse_error', message, location });
  };
  if (first.type !== 'package') fault('package expected', locationOf(first));
  const imports: Import[] = [];
  const rules: Rule[] = [];
  let version = spanOf(options.version ?? 'v1');
  rest.forEach((statement, at) => {
    switch (statement.type) {
      case 'import':
        imports.push(statement.import);
        version = raise(version, statement.import);
        break;
      case 'rule':
        rules.push(statement.rule);
        break;
      case 'package':
        fault('unexpected package', statement.package.location);
        break;
      case 'body': {
        const rule = ruleFromBody(statement.body, options.isBuiltin ?? isBuiltinName);
        if ('fault' in rule) {
          const hint = missingKeyword(version, statement, rest[at + 1]);
          fault(`${rule.fault}${hint}`, statement.body[0]?.location);
        } else {
          rules.push(rule);
        }
      }
    }
  });
  if (version.max !== 'v0') for (const rule of rules) faults.push(...checkV1Rule(rule));
  if (first.type !== 'package' || faults.length > 0) throw new RegoSyntaxError(faults);
  return {
    package: first.package,
    imports,
    rules,
    comments,
    version,
    source: source.text,
    file: source.file,
  };
}

function isBuiltinName(name: string): boolean {
  return builtinDeclaration(name) !== undefined;
}

function locationOf(statement: Statement | undefined): Location | undefined {
  switch (statement?.type) {
    case 'package':
      return statement.package.location;
    case 'import':
      return statement.import.location;
    case 'rule':
      return statement.rule.location;
    case 'body':
      return statement.body[0]?.location;
    default:
      return undefined;
  }
}

function spanOf(version: RegoVersion): VersionSpan {
  return version === 'v0v1' ? { min: 'v0', max: 'v1' } : { min: version, max: version };
}

/** `import rego.v1` in a v0 text lets it use v1, `import rego.v2` lets any use v2. */
function raise(span: VersionSpan, { path }: Import): VersionSpan {
  if (isVersionImport(path, 'v2')) return { min: span.min, max: 'v2' };
  if (isVersionImport(path, 'v1') && span.max === 'v0') return { min: span.min, max: 'v1' };
  return span;
}

const headExamples = new Map([
  ['if', 'p if { ... }'],
  ['contains', 'p contains x'],
]);

/**
 * In v0 without its import, `if` and `contains` are names: `p if { … }` reads as the query `p` and a rule
 * called `if`. The hint names the import.
 */
function missingKeyword(span: VersionSpan, statement: Statement, next: Statement | undefined): string {
  if (span.max !== 'v0') return '';
  const own = nameOf(statement);
  const isSameLine = locationOf(next)?.row === locationOf(statement)?.row;
  const name = headExamples.has(own) ? own : next !== undefined && isSameLine ? nameOf(next) : '';
  const example = headExamples.get(name);
  return example === undefined ? '' : ` (hint: \`import future.keywords.${name}\` for \`${example}\` rules)`;
}

function nameOf(statement: Statement): string {
  if (statement.type === 'rule') return statement.rule.head.name;
  if (statement.type !== 'body' || statement.body.length !== 1) return '';
  const terms = statement.body[0]?.terms;
  return terms?.type === 'term' && terms.term.type === 'var' ? terms.term.name : '';
}
