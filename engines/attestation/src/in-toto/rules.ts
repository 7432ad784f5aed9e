import type { JsonValue } from '@keelson/core';
import { AttestationError } from '../errors.ts';
import { type AttestationLimits, defaultAttestationLimits } from '../limits.ts';
import { type Artifacts, namesOf, sameDigests } from './artifacts.ts';
import { compileGlob } from './glob.ts';

/** Where the artifacts of a link stand. */
export type ArtifactKind = 'materials' | 'products';

interface PatternRule {
  readonly type: 'create' | 'delete' | 'modify' | 'allow' | 'disallow';
  readonly matches: (path: string) => boolean;
}

interface RequireRule {
  readonly type: 'require';
  readonly path: string;
}

interface MatchRule {
  readonly type: 'match';
  readonly matches: (path: string) => boolean;
  /** With a slash at the end; empty for none. */
  readonly sourcePrefix: string;
  readonly destinationPrefix: string;
  readonly destinationKind: ArtifactKind;
  /** The step or inspection. */
  readonly from: string;
}

/** A rule about artifacts (in-toto specification 1.0, 4.3.3), with its words for messages. */
export type ArtifactRule = { readonly text: string } & (PatternRule | RequireRule | MatchRule);

/** What rules look at of a link. */
export interface LinkArtifacts {
  readonly materials: Artifacts;
  readonly products: Artifacts;
}

const patternTypes = ['create', 'delete', 'modify', 'allow', 'disallow'] as const;
const matchForm = 'MATCH pattern [IN prefix] WITH MATERIALS|PRODUCTS [IN prefix] FROM step';

/**
 * Reads a rule: a list of words, of which the keywords may be in either case.
 *
 * @throws AttestationError RULE_INVALID, ATTESTATION_LIMIT
 */
export function readRule(
  value: JsonValue,
  limits: AttestationLimits = defaultAttestationLimits,
): ArtifactRule {
  if (!Array.isArray(value) || !value.every((word) => typeof word === 'string'))
    throw new AttestationError('RULE_INVALID', 'an artifact rule is no list of texts');
  const text = value.join(' ').slice(0, 200);
  const [keyword = '', pattern] = value;
  const lower = keyword.toLowerCase();
  const type = patternTypes.find((name) => name === lower);
  if (pattern === undefined || (type === undefined && lower !== 'require' && lower !== 'match'))
    throw ruleInvalid(text, 'is no keyword of in-toto with a pattern after it');
  if (lower === 'match') return { text, ...matchRule(value, pattern, text, limits) };
  if (value.length !== 2) throw ruleInvalid(text, 'has words after its pattern');
  if (type === undefined) return { text, type: 'require', path: pattern };
  return { text, type, matches: compileGlob(pattern, limits) };
}

function matchRule(
  words: readonly string[],
  pattern: string,
  text: string,
  limits: AttestationLimits,
): MatchRule {
  const rest = words.slice(2);
  const prefix = () => (rest[0]?.toLowerCase() === 'in' ? rest.splice(0, 2)[1] : '');
  const keyword = (name: string) => rest.shift()?.toLowerCase() === name;
  const sourcePrefix = prefix();
  const hasWith = keyword('with');
  const kind = rest.shift()?.toLowerCase();
  const destinationPrefix = prefix();
  const hasFrom = keyword('from');
  const [from, ...more] = rest;
  if (!hasWith || !hasFrom || from === undefined || more.length > 0)
    throw ruleInvalid(text, `is not of the form ${matchForm}`);
  if (kind !== 'materials' && kind !== 'products')
    throw ruleInvalid(text, 'has neither MATERIALS nor PRODUCTS after WITH');
  return {
    type: 'match',
    matches: compileGlob(pattern, limits),
    sourcePrefix: folder(sourcePrefix ?? ''),
    destinationPrefix: folder(destinationPrefix ?? ''),
    destinationKind: kind,
    from,
  };
}

/** A prefix ends where a path does, so that `out` is no prefix of `output/a`. */
function folder(prefix: string): string {
  return prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
}

function ruleInvalid(text: string, reason: string): AttestationError {
  return new AttestationError('RULE_INVALID', `the artifact rule ${JSON.stringify(text)} ${reason}`);
}

/** What one step or inspection did, and what the others did that its rules may name. */
export interface RuleContext {
  readonly link: LinkArtifacts;
  /** Links by the name of their step or inspection. */
  readonly links: ReadonlyMap<string, LinkArtifacts>;
}

/**
 * Judges the rules for the materials or the products of a step (in-toto specification 1.0, 4.3.3.1): artifacts stand in a queue, each rule
 * takes those away that it is about, and DISALLOW and REQUIRE look at those that are left. What no rule is about is allowed.
 *
 * @returns the first rule that fails, undefined where all hold
 */
export function failingRule(
  kind: ArtifactKind,
  rules: readonly ArtifactRule[],
  { link, links }: RuleContext,
): { readonly index: number; readonly reason: string } | undefined {
  const queue = new Set(link[kind].keys());
  for (const [index, rule] of rules.entries()) {
    const reason = faultOf(rule, queue);
    if (reason !== undefined) return { index, reason: `${rule.text}: ${reason}` };
    for (const path of queue) if (isConsumed(rule, path, kind, link, links)) queue.delete(path);
  }
  return undefined;
}

function faultOf(rule: ArtifactRule, queue: ReadonlySet<string>): string | undefined {
  if (rule.type === 'require')
    return queue.has(rule.path) ? undefined : `${JSON.stringify(rule.path)} is not there`;
  if (rule.type !== 'disallow') return undefined;
  const found = [...queue].filter(rule.matches);
  return found.length === 0 ? undefined : `there is ${namesOf(found)}`;
}

function isConsumed(
  rule: ArtifactRule,
  path: string,
  kind: ArtifactKind,
  { materials, products }: LinkArtifacts,
  links: RuleContext['links'],
): boolean {
  switch (rule.type) {
    case 'allow':
      return rule.matches(path);
    case 'create':
      return products.has(path) && !materials.has(path) && rule.matches(path);
    case 'delete':
      return materials.has(path) && !products.has(path) && rule.matches(path);
    case 'modify': {
      const before = materials.get(path);
      const after = products.get(path);
      if (before === undefined || after === undefined) return false;
      return !sameDigests(before, after) && rule.matches(path);
    }
    case 'match': {
      if (!path.startsWith(rule.sourcePrefix)) return false;
      const rest = path.slice(rule.sourcePrefix.length);
      const other = links.get(rule.from)?.[rule.destinationKind].get(rule.destinationPrefix + rest);
      const own = kind === 'materials' ? materials.get(path) : products.get(path);
      return sameDigests(own, other) && rule.matches(rest);
    }
    default:
      return false;
  }
}
