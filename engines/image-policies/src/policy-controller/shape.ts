import type { Shape } from '../shape.ts';

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
