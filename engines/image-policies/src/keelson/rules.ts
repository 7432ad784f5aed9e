import { type CelEnvironment, CelError, CelTimestamp, compileCel, createEnvironment } from '@keelson/cel';
import {
  decodeText,
  isObject,
  type JsonFields,
  type JsonObject,
  type JsonValue,
  objectOf,
  type Path,
  type SourceLocation,
  TextEncodingError,
} from '@keelson/core';
import { refused } from '../faults.ts';
import type { PolicyDocument } from '../material.ts';
import type { Rule, RuleSubject } from '../model/policy.ts';
import { registryReference } from '../reference.ts';
import type { PolicySurroundings } from '../surroundings.ts';
import { contentOf, invalid, membersOf, placeIn } from './context.ts';
import { statementRego } from './rego.ts';

/** A rule once files and the time are known. */
export type RuleReader = (surroundings: PolicySurroundings) => Rule;

/** Cost that one expression may spend, as Kubernetes allows for a policy. */
const costLimit = 10_000_000;

let known: CelEnvironment | undefined;

function environment(): CelEnvironment {
  known ??= createEnvironment({
    variables: {
      statement: 'dyn',
      predicate: 'dyn',
      image: 'map(string, string)',
      now: 'google.protobuf.Timestamp',
    },
  });
  return known;
}

/**
 * Reads what is asked of the statements of `spec.attestations[at]`: `maxAge`, `rules`, `rego`. Every one must hold.
 *
 * @throws ImagePolicyError IMAGE_POLICY_INVALID for a rule that does not compile, with its place
 */
export function readRules(fields: JsonFields, path: Path, document: PolicyDocument): RuleReader | undefined {
  const readers: RuleReader[] = [];
  const age = fields.optionalText('maxAge');
  if (age !== undefined) readers.push(ageRule(ageOf(age, fields)));
  for (const [at, rule] of fields.objects('rules', 1_000).entries())
    readers.push(celRule(rule, [...path, 'rules', at, 'cel'], document));
  const rego = fields.optionalText('rego');
  if (rego !== undefined) readers.push(regoRule(rego, fields, [...path, 'rego'], document));
  if (readers.length === 0) return undefined;
  return (surroundings) => {
    const rules = readers.map((read) => read(surroundings));
    return (statement, about) => {
      for (const rule of rules) {
        const fault = rule(statement, about);
        if (fault !== undefined) return fault;
      }
      return undefined;
    };
  };
}

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function ageOf(text: string, fields: JsonFields): number {
  const [, count, unit] = /^([1-9][0-9]{0,8})([smhd])$/.exec(text) ?? [];
  const size = units[unit ?? ''];
  if (size === undefined) throw fields.invalid('maxAge', 'is no whole number and one of s, m, h, d: 720h');
  return Number(count) * size;
}

/** The earliest trusted time counts: a later timestamp makes no signature younger. */
function ageRule(most: number): RuleReader {
  return (surroundings) => {
    const now = timeOf(surroundings);
    return (_, { times }) => {
      if (times.length === 0) return refused('nothing trusted says when it was signed, so it may be too old');
      const signed = times.reduce((least, time) => Math.min(least, time));
      if (now - signed <= most) return undefined;
      return refused(`it was signed ${new Date(signed).toISOString()}, which is too long ago`);
    };
  };
}

function celRule(fields: JsonFields, path: Path, document: PolicyDocument): RuleReader {
  membersOf(fields, ['cel', 'message']);
  const source = fields.text('cel');
  const message = fields.optionalText('message') ?? `it does not hold: ${source.slice(0, 300)}`;
  const program = compiled(source, fields.place('cel'), path, document);
  return (surroundings) => {
    const now = new CelTimestamp(BigInt(Math.floor(timeOf(surroundings))) * 1_000_000n);
    return (statement, about) => {
      const variables = { statement, predicate: predicateOf(statement), image: imageOf(about), now };
      try {
        return program.evaluate(variables, { costLimit }) === true ? undefined : refused(message);
      } catch (error) {
        if (!(error instanceof CelError)) throw error;
        return refused(`${message} (the rule cannot be evaluated: ${error.message})`, error);
      }
    };
  };
}

function compiled(source: string, place: string, path: Path, document: PolicyDocument) {
  try {
    return compileCel(source, environment(), { expectedType: 'bool' });
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    throw invalid(`${place} does not compile: ${error.message}`, placeIn(document)(path), error);
  }
}

function regoRule(text: string, fields: JsonFields, path: Path, document: PolicyDocument): RuleReader {
  const location = placeIn(document)(path);
  const isFile = !text.includes('\n') && text.endsWith('.rego');
  const read = (source: string) => statementRego(source, isFile ? text : fields.place('rego'), location);
  // What stands in the policy itself is compiled before any file is read.
  const inline = isFile ? undefined : read(text);
  return (surroundings) => {
    const source = () => contentOf(text, fields.place('rego'), document.file, surroundings);
    const judge = inline ?? read(decoded(source(), `${fields.place('rego')}: ${text}`, location));
    const now = new Date(timeOf(surroundings)).toISOString();
    return (statement, about) =>
      judge(
        objectOf([
          ['statement', statement],
          ['predicate', predicateOf(statement)],
          ['image', imageOf(about)],
          ['now', now],
        ]),
      );
  };
}

function decoded(bytes: Uint8Array, what: string, location: SourceLocation | undefined): string {
  try {
    return decodeText(bytes);
  } catch (error) {
    if (!(error instanceof TextEncodingError)) throw error;
    throw invalid(`${what} is no text: ${error.message}`, location, error);
  }
}

function timeOf({ now }: PolicySurroundings): number {
  if (now === undefined) throw invalid('the policy has rules, and the time is not known');
  return now;
}

const predicateOf = (statement: JsonValue): JsonValue =>
  isObject(statement) ? (statement['predicate'] ?? null) : null;

/** What rules see of the image: `name` as it was written, `digest`, and what the name says. */
function imageOf({ image, digest }: RuleSubject): JsonObject {
  return objectOf([['name', image], ['digest', digest], ...partsOf(image)]);
}

function partsOf(image: string): readonly (readonly [string, string])[] {
  const reference = registryReference(image);
  if (reference === undefined) return [];
  const { registry, repository, tag } = reference;
  const parts: [string, string][] = [
    ['registry', registry],
    ['repository', repository],
  ];
  return tag === undefined ? parts : [...parts, ['tag', tag]];
}
