import type { JsonValue } from '@keelson/core';
import { AttestationError } from '../errors.ts';

/** Values for the parameters of a layout, by name. */
export type Parameters = ReadonlyMap<string, string>;

/** @throws AttestationError PARAMETER_INVALID for a name that is none */
export function checkParameters(parameters: Parameters): void {
  for (const name of parameters.keys())
    if (!/^[A-Za-z0-9_-]+$/.test(name))
      throw invalid(`${JSON.stringify(name)} is no name of letters, digits, "_" and "-"`);
}

/**
 * A word of a rule or a command with its parameters filled in: `{NAME}` is the value, `{{` and `}}` are braces. Without parameters the word
 * stays as it is.
 *
 * @throws AttestationError PARAMETER_INVALID
 */
export function substituted(word: string, parameters: Parameters | undefined): string {
  if (parameters === undefined) return word;
  return word.replaceAll(/\{\{|\}\}|\{([A-Za-z0-9_-]+)\}|[{}]/g, (found: string, name?: string) => {
    if (found === '{{' || found === '}}') return found.charAt(0);
    const value = name === undefined ? undefined : parameters.get(name);
    if (value !== undefined) return value;
    throw invalid(
      name === undefined
        ? `${JSON.stringify(word)} has a single brace`
        : `the parameter ${name} has no value, and ${JSON.stringify(word)} needs one`,
    );
  });
}

/** A rule with its parameters filled in; what is no list of texts stays, and is refused where it is read. */
export function substitutedRule(rule: JsonValue, parameters: Parameters | undefined): JsonValue {
  if (!Array.isArray(rule)) return rule;
  return rule.map((word) => (typeof word === 'string' ? substituted(word, parameters) : word));
}

function invalid(message: string): AttestationError {
  return new AttestationError('PARAMETER_INVALID', message);
}
