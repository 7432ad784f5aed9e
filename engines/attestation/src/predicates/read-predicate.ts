import { isObject, type JsonFields, type JsonValue } from '@keelson/core';
import { readStatementHeader, type StatementHeader } from '@keelson/signing';
import { documentFields } from '../fields.ts';
import { type AttestationLimits, defaultAttestationLimits } from '../limits.ts';
import { type MemberKind, type PredicateType, predicateTypeTable } from './known-predicates.ts';

/** A statement with its predicate. */
export interface ReadPredicate {
  readonly statement: StatementHeader;
  /** Undefined for a type that keelson does not know: nothing of such a predicate was looked at. */
  readonly type: PredicateType | undefined;
  readonly predicate: JsonFields;
}

/** What is known of a type of predicates. */
export function predicateTypeOf(uri: string): PredicateType | undefined {
  return predicateTypeTable.find(
    (type) => type.uri === uri || (type.hasVersions === true && uri.startsWith(`${type.uri}/`)),
  );
}

/**
 * Reads a Statement, and looks whether its predicate has the members that its type requires.
 *
 * @param payload of a verified envelope
 * @throws AttestationError PREDICATE_INVALID, ATTESTATION_LIMIT; SigningError STATEMENT_INVALID
 */
export function readPredicate(
  payload: Uint8Array,
  limits: AttestationLimits = defaultAttestationLimits,
): ReadPredicate {
  const statement = readStatementHeader(payload);
  const document = documentFields(payload, 'the statement', 'PREDICATE_INVALID', limits);
  const type = predicateTypeOf(statement.predicateType);
  const predicate = document.required('predicate');
  if (type !== undefined) demandMembers(predicate, document.value('predicate'), type);
  return { statement, type, predicate };
}

function demandMembers(predicate: JsonFields, value: JsonValue | undefined, type: PredicateType): void {
  for (const [path, kind] of Object.entries(type.required))
    for (const found of at(value, path.split('.')))
      if (!isKind(found, kind))
        throw predicate.invalid(
          path,
          `is ${found === undefined ? 'missing' : `no ${kind}`}, in a predicate of type ${type.name}`,
        );
  for (const [path, known] of Object.entries(type.oneOf ?? {}))
    for (const found of at(value, path.split('.')))
      if (typeof found !== 'string' || !known.includes(found))
        throw predicate.invalid(path, `is none of ${known.join(', ')}, in a predicate of type ${type.name}`);
  demandMark(predicate, value, type);
}

function demandMark(predicate: JsonFields, value: JsonValue | undefined, type: PredicateType): void {
  const marks = Object.entries(type.marks ?? {});
  const hasOne = marks.some(([name, start]) => {
    const member = isObject(value) ? value[name] : undefined;
    return typeof member === 'string' && member.startsWith(start);
  });
  if (hasOne || marks.length === 0) return;
  const wanted = marks.map(([name, start]) => `${name} of ${start}…`).join(' nor ');
  throw predicate.invalid('', `has neither ${wanted}, in an ${type.name}`);
}

/** What stands at a path: one value, or one for each entry of a list on the way. */
function at(
  value: JsonValue | undefined,
  [step, ...rest]: readonly string[],
): readonly (JsonValue | undefined)[] {
  if (step === undefined) return [value];
  const name = step.replace(/\[\]$/, '');
  const member = isObject(value) ? (value[name] ?? undefined) : undefined;
  if (name === step) return at(member, rest);
  return Array.isArray(member) ? member.flatMap((entry) => at(entry, rest)) : [undefined];
}

function isKind(value: JsonValue | undefined, kind: MemberKind): boolean {
  if (kind === 'object') return isObject(value);
  if (kind === 'list') return Array.isArray(value);
  if (typeof value !== 'string' || value === '') return false;
  return kind === 'text' || (/^\d{4}-\d{2}-\d{2}T/.test(value) && !Number.isNaN(Date.parse(value)));
}
