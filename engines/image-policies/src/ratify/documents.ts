import type { JsonFields } from '@keelson/core';
import { invalid } from '../faults.ts';
import type { PolicyDocument } from '../material.ts';
import { fieldsOf, type Shape, shaped } from '../shape.ts';

/** What a document of Ratify is, whether of the cluster or of a namespace. */
export type RatifyKind = 'Verifier' | 'Policy' | 'Store' | 'KeyManagementProvider' | 'CertificateStore';

/** A document of Ratify (config.ratify.deislabs.io). */
export interface RatifyDocument {
  readonly kind: RatifyKind;
  readonly name: string;
  /** Undefined for the whole cluster. */
  readonly namespace: string | undefined;
  readonly spec: JsonFields;
  readonly file: string;
}

const group = 'config.ratify.deislabs.io';
const plugin = {
  name: 'string',
  type: 'string',
  version: 'string',
  address: 'string',
  source: 'any',
  parameters: 'any',
} as const;

/** The fields of `spec` (ratify-project/ratify, api/v1beta1). */
const specs: Readonly<Record<RatifyKind, Shape>> = {
  Verifier: { ...plugin, artifactTypes: 'string' },
  Policy: { type: 'string', parameters: 'any' },
  Store: plugin,
  KeyManagementProvider: { type: 'string', refreshInterval: 'string', parameters: 'any' },
  CertificateStore: { provider: 'string', parameters: 'any' },
};

const names = new Map<string, { readonly kind: RatifyKind; readonly isNamespaced: boolean }>(
  (['Verifier', 'Policy', 'Store', 'KeyManagementProvider'] as const).flatMap((kind) => [
    [`${group}/v1beta1 ${kind}`, { kind, isNamespaced: false }],
    [`${group}/v1beta1 Namespaced${kind}`, { kind, isNamespaced: true }],
    [`${group}/v1alpha1 ${kind}`, { kind, isNamespaced: false }],
  ]),
);
for (const version of ['v1alpha1', 'v1beta1'])
  names.set(`${group}/${version} CertificateStore`, { kind: 'CertificateStore', isNamespaced: false });

/** Whether a document is one of Ratify's, by `apiVersion kind`. */
export const isRatifyKind = (kind: string): boolean => names.has(kind);

/**
 * Reads a document.
 *
 * @param named `apiVersion kind` of it, for which `isRatifyKind`
 * @throws ImagePolicyError IMAGE_POLICY_INVALID
 */
export function readRatifyDocument(named: string, { object, file }: PolicyDocument): RatifyDocument {
  const known = names.get(named);
  if (known === undefined) throw invalid(`${named} is no kind of Ratify`);
  const { kind, isNamespaced } = known;
  const clean = shaped(object, {
    apiVersion: 'string',
    kind: 'string',
    metadata: 'any',
    status: 'any',
    spec: specs[kind],
  });
  const fields = fieldsOf(clean, '');
  const metadata = fields.required('metadata');
  const namespace = metadata.optionalText('namespace') ?? 'default';
  return {
    kind,
    name: metadata.text('name'),
    namespace: isNamespaced ? namespace : undefined,
    spec: fields.required('spec'),
    file,
  };
}

/** @throws ImagePolicyError IMAGE_POLICY_INVALID for a member that is not known: a misspelt one asks for less than it seems */
export function onlyMembers(fields: JsonFields, known: readonly string[]): void {
  for (const name of fields.names())
    if (!known.includes(name)) throw fields.invalid(name.slice(0, 60), 'is no member that is known');
}
