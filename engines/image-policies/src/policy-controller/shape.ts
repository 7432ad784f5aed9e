import {
  childOf,
  formatPath,
  isObject,
  type JsonObject,
  type JsonValue,
  objectOf,
  type Path,
} from '@keelson/core';
import { ImagePolicyError } from '../errors.ts';

/** What a field may hold: a scalar, a list, an object of known fields, or anything. */
export type Shape = 'string' | 'boolean' | 'any' | readonly [Shape] | { readonly [field: string]: Shape };

const secretReference = { name: 'string', namespace: 'string' } as const;

const key = { data: 'string', hashAlgorithm: 'string', kms: 'string', secretRef: secretReference } as const;

const policy = {
  type: 'string',
  data: 'string',
  remote: { url: 'string', sha256sum: 'string' },
  configMapRef: { name: 'string', namespace: 'string', key: 'string' },
  fetchConfigFile: 'boolean',
  includeSpec: 'boolean',
  includeObjectMeta: 'boolean',
  includeTypeMeta: 'boolean',
} as const;

const authority = {
  name: 'string',
  key,
  keyless: {
    url: 'string',
    'ca-cert': key,
    identities: [{ issuer: 'string', issuerRegExp: 'string', subject: 'string', subjectRegExp: 'string' }],
    trustRootRef: 'string',
    insecureIgnoreSCT: 'boolean',
  },
  static: { action: 'string', message: 'string' },
  source: [{ oci: 'string', signaturePullSecrets: [{ name: 'string' }], tagPrefix: 'string' }],
  ctlog: { url: 'string', trustRootRef: 'string' },
  attestations: [{ name: 'string', predicateType: 'string', policy }],
  rfc3161timestamp: { trustRootRef: 'string' },
  signatureFormat: 'string',
} as const;

const selector = {
  matchLabels: 'any',
  matchExpressions: [{ key: 'string', operator: 'string', values: ['string'] }],
} as const;

/** ClusterImagePolicy, v1alpha1 and v1beta1. */
export const clusterImagePolicyShape: Shape = {
  apiVersion: 'string',
  kind: 'string',
  metadata: 'any',
  status: 'any',
  spec: {
    images: [{ glob: 'string' }],
    authorities: [authority],
    policy,
    mode: 'string',
    match: [{ group: 'string', version: 'string', resource: 'string', selector }],
  },
};

const log = { baseURL: 'string', hashAlgorithm: 'string', publicKey: 'string' } as const;
const certificateAuthority = {
  subject: { organization: 'string', commonName: 'string' },
  uri: 'string',
  certChain: 'string',
} as const;
const updated = { root: 'string', targets: 'string', trustedRootTarget: 'string' } as const;

/** TrustRoot, v1alpha1. */
export const trustRootShape: Shape = {
  apiVersion: 'string',
  kind: 'string',
  metadata: 'any',
  status: 'any',
  spec: {
    remote: { ...updated, mirror: 'string' },
    repository: { ...updated, mirrorFS: 'string' },
    sigstoreKeys: {
      certificateAuthorities: [certificateAuthority],
      tLogs: [log],
      ctLogs: [log],
      timestampAuthorities: [certificateAuthority],
    },
  },
};

/**
 * The object with the fields that it sets: null sets none. What the shape does not name is refused, as kubectl refuses it: a
 * misspelled field would loosen a policy in silence.
 *
 * @throws ImagePolicyError IMAGE_POLICY_INVALID
 */
export function shaped(object: JsonObject, shape: Shape): JsonObject {
  const value = shapedValue(object, shape, []);
  return isObject(value) ? value : objectOf([]);
}

function shapedValue(value: JsonValue, shape: Shape, path: Path): JsonValue {
  if (shape === 'any') return value;
  if (typeof shape === 'string') {
    if (typeof value === shape) return value;
    throw wrongType(value, shape, path);
  }
  if (isList(shape)) {
    if (!Array.isArray(value)) throw wrongType(value, 'array', path);
    // A null in a list is an object without fields to a program in Go.
    return value.map((item, at) => shapedValue(item ?? emptyOf(shape[0]), shape[0], [...path, at]));
  }
  if (!isObject(value)) throw wrongType(value, 'object', path);
  const entries: [string, JsonValue][] = [];
  for (const name of Object.keys(value)) {
    const inner = Object.hasOwn(shape, name) ? shape[name] : undefined;
    const place = [...path, name];
    if (inner === undefined)
      throw invalid(`strict decoding error: unknown field ${JSON.stringify(formatPath(place))}`);
    const item = childOf(value, name);
    if (item !== undefined && item !== null) entries.push([name, shapedValue(item, inner, place)]);
  }
  return objectOf(entries);
}

function isList(shape: Exclude<Shape, string>): shape is readonly [Shape] {
  return Array.isArray(shape);
}

const emptyOf = (shape: Shape): JsonValue => (typeof shape === 'string' ? '' : objectOf([]));

function wrongType(value: JsonValue, wanted: string, path: Path): ImagePolicyError {
  const actual = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
  const place = formatPath(path);
  const type = JSON.stringify(actual);
  return invalid(`${place}: Invalid value: ${type}: ${place} in body must be of type ${wanted}: ${type}`);
}

const invalid = (message: string) => new ImagePolicyError('IMAGE_POLICY_INVALID', message);
