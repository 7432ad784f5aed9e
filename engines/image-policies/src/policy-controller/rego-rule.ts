import { isObject, type JsonValue, stringifyJson } from '@keelson/core';
import { compile, fromJson, RegoError } from '@keelson/rego';
import { ImagePolicyError } from '../errors.ts';
import { refused } from '../faults.ts';

/** A rule over a JSON document. It gives why the document does not pass, undefined where it does. */
export type JsonRule = (input: JsonValue) => ImagePolicyError | undefined;

/**
 * A policy in Rego as cosign has them: `isCompliant` of the package `sigstore` is true, or an object whose `result` is.
 *
 * @throws ImagePolicyError IMAGE_POLICY_INVALID where it does not compile
 */
export function regoRule(text: string): JsonRule {
  const policy = compiled(text);
  return (input: JsonValue) => {
    const { result, errors } = policy.evaluate('data.sigstore.isCompliant', fromJson(stringifyJson(input)));
    const [fault] = errors;
    if (fault !== undefined) return refused(`the policy cannot be evaluated: ${fault.message}`);
    if (result === undefined) return refused('isCompliant of the package sigstore is undefined');
    if (result === true) return undefined;
    if (!isObject(result) || result['result'] !== true) return refused(complaintOf(result));
    // policy-controller takes a warning for a refusal.
    const { warning } = result;
    return typeof warning === 'string' && warning !== '' ? refused(warning) : undefined;
  };
}

function complaintOf(result: unknown): string {
  const error = typeof result === 'object' && result !== null && 'error' in result ? result.error : undefined;
  return typeof error === 'string' && error !== '' ? error : 'isCompliant is not true';
}

function compiled(text: string) {
  try {
    return compile({ 'sigstore.rego': text }, { version: 'v0' });
  } catch (error) {
    if (!(error instanceof RegoError)) throw error;
    throw new ImagePolicyError('IMAGE_POLICY_INVALID', `the policy does not compile: ${error.message}`, {
      cause: error,
    });
  }
}
