import { CelError } from '@keelson/cel';
import type { JsonObject } from '@keelson/core';
import { type PolicyExpressions, policyExpressions } from './expressions.ts';
import type { AdmissionAction, AdmissionForm, ExportableCheck } from './form.ts';
import { type PolicyTarget, targetOf } from './target.ts';
import type { ExpressionContext } from './variables.ts';

/** A check as an admission policy, before it is written in a form. */
export interface AdmissionPolicy {
  readonly definition: ExportableCheck;
  readonly target: PolicyTarget;
  readonly expressions: PolicyExpressions;
  /** The check's settings with the user's. */
  readonly params: JsonObject;
  readonly actions: readonly AdmissionAction[];
  readonly exemptNamespaces: readonly string[];
}

const scopeReasons: Readonly<Record<string, string>> = {
  component: 'reads the settings of a component from its command line or files',
  dockerfile: 'judges Dockerfiles',
  stage: 'judges Dockerfiles',
  instruction: 'judges Dockerfiles',
};

/** What a policy of this check asks and about what, or why it cannot be one. */
export function policyParts(
  definition: ExportableCheck,
  form: AdmissionForm,
  context: ExpressionContext,
): { target: PolicyTarget; expressions: PolicyExpressions } | string {
  const { judge } = definition;
  if (definition.target === 'dockerfile') return 'judges Dockerfiles';
  if (judge.type === 'program')
    return 'is a program: it judges several objects together, or more than CEL can say';
  const reason = scopeReasons[judge.scope];
  if (reason !== undefined) return reason;
  if (definition.notAtAdmission !== undefined) return definition.notAtAdmission;
  const target = targetOf(definition, judge, form);
  if (typeof target === 'string') return target;
  try {
    const expressions = policyExpressions(definition, judge, target.templates, context);
    return typeof expressions === 'string' ? expressions : { target, expressions };
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    return `has CEL that cannot be read: ${error.message}`;
  }
}
