import type { RegoVersion } from './ast.ts';

/** What a capabilities document says to the parser. */
export interface ParserCapabilities {
  readonly futureKeywords: readonly string[];
  readonly features: readonly string[];
}

/** Bounds on a text and on the work of reading it. Passing one is a `rego_parse_error` that names it. */
export interface ParserLimits {
  /** Longest text in UTF-16 units. */
  readonly maxLength: number;
  /** How deep terms, bodies and chains of `else` or of operators may be nested. */
  readonly maxDepth: number;
  /** How many faults are kept; OPA's parser has no such bound. */
  readonly maxErrors: number;
  /** How many words may be read for each character of the text, repeated attempts included. */
  readonly maxScansPerCharacter: number;
}

export const defaultParserLimits: ParserLimits = Object.freeze({
  maxLength: 50_000_000,
  maxDepth: 500,
  maxErrors: 1_000,
  maxScansPerCharacter: 200,
});

export interface ParserOptions {
  /** The language of the text; `v1` where not given. */
  readonly version?: RegoVersion;
  /** Future keywords that count as imported; `all` stands for each that the capabilities allow. */
  readonly futureKeywords?: readonly string[] | 'all';
  /** No statement is read as a rule: the text is a query. */
  readonly skipRules?: boolean;
  readonly capabilities?: ParserCapabilities;
  /** Knows the names of built-in functions, which no rule may take in the old short form `f(x)`; those of OPA where not given. */
  readonly isBuiltin?: (name: string) => boolean;
  readonly limits?: Partial<ParserLimits>;
}

const v2Future: readonly string[] = [];
const v1Future: readonly string[] = ['and', 'not', 'or'];
const v0Future: readonly string[] = ['and', 'contains', 'every', 'if', 'in', 'not', 'or'];
const v1Features: readonly string[] = [
  'keywords_in_refs',
  'rego_v1',
  'rego_v2',
  'rego_v2_import',
  'template_strings',
];
const v2Features: readonly string[] = [...v1Features, 'rego_v1_import'];
const v0Features: readonly string[] = [
  'keywords_in_refs',
  'rego_v1',
  'rego_v1_import',
  'rego_v2',
  'rego_v2_import',
  'rule_head_ref_string_prefixes',
  'rule_head_refs',
];

/** What the parser of OPA 1.22 can do with a text of the version. */
export function defaultCapabilities(version: RegoVersion): ParserCapabilities {
  switch (version) {
    case 'v0':
    case 'v0v1':
      return { futureKeywords: v0Future, features: v0Features };
    case 'v1':
      return { futureKeywords: v1Future, features: v1Features };
    case 'v2':
      return { futureKeywords: v2Future, features: v2Features };
  }
}

/** True for a feature that the capabilities name, or that they imply for a v2 text. */
export function hasFeature(capabilities: ParserCapabilities, feature: string, version: RegoVersion): boolean {
  if (capabilities.features.includes(feature)) return true;
  const implied = feature === 'keywords_in_refs' || feature === 'template_strings';
  return implied && version === 'v2' && capabilities.features.includes('rego_v2');
}
