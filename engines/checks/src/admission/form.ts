import type { JsonObject } from '@keelson/core';
import type { Severity } from '@keelson/evidence';
import type { CheckDefinition } from '../definition.ts';

/**
 * The admission systems that a check can be written for.
 *
 * | form | objects |
 * |---|---|
 * | `vap` | ValidatingAdmissionPolicy and its binding, for `kubectl apply` |
 * | `static-admission` | the same as files that the API server reads when it starts (Kubernetes 1.36, KEP-5793) |
 * | `kyverno` | ValidatingPolicy of `policies.kyverno.io/v1` |
 * | `gatekeeper` | ConstraintTemplate with Gatekeeper's CEL engine, and its constraint |
 */
export const admissionForms = ['vap', 'static-admission', 'kyverno', 'gatekeeper'] as const;
export type AdmissionForm = (typeof admissionForms)[number];

/** What of a check is written into policies. */
export type ExportableCheck = Omit<CheckDefinition, 'examples'>;

/** What happens to a request that a policy refuses. Deny and Warn exclude each other. */
export type AdmissionAction = 'Deny' | 'Warn' | 'Audit';

/** Actions by the severity of a check. */
export type AdmissionActions = Readonly<Record<Severity, readonly AdmissionAction[]>>;

export interface ExportOptions {
  as: AdmissionForm;
  /** Settings by check id; those that are not named stay as the check has them. */
  settings?: Readonly<Record<string, JsonObject>>;
  /** Those that are not named stay as `defaultAdmissionActions` has them. */
  actions?: Partial<AdmissionActions>;
  /**
   * Namespaces that the policies pass over. Default `kube-system`: what runs there needs what these policies
   * deny, and a node whose kube-proxy is denied is lost.
   */
  exemptNamespaces?: readonly string[];
}

/** A check that is no admission policy, and why. */
export interface ExportRefusal {
  readonly id: string;
  /** Reads on from the check's name: "judges several objects together". */
  readonly reason: string;
}

export interface PolicyExport {
  /** In the order of the definitions; what others refer to comes first. */
  readonly objects: JsonObject[];
  readonly refused: ExportRefusal[];
  /** What a person must do or know to put the objects into force, one sentence each. */
  readonly notes: string[];
}

export const defaultAdmissionActions: AdmissionActions = Object.freeze({
  critical: ['Deny'],
  high: ['Deny'],
  medium: ['Warn', 'Audit'],
  low: ['Audit'],
  info: ['Audit'],
});

export const defaultExemptNamespaces: readonly string[] = Object.freeze(['kube-system']);
