import { isBuiltinName } from '../builtins/declarations.ts';
import type { Body, Comment, Import, Module, Package, RegoVersion, Rule, VersionSpan } from './ast.ts';
import { ruleFromBody } from './body-rules.ts';
import { type Diagnostic, RegoSyntaxError } from './diagnostic.ts';
import { isVersionImport } from './keyword-imports.ts';
import { Location, type Source } from './location.ts';
import type { ParserOptions } from './options.ts';
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

/** Puts the statements of a module together and tells what no single statement shows. */
export function assembleModule(
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
