import type { Shape } from '../../shape.ts';

const text = { value: 'string', expression: 'string' } as const;

const cosign = {
  key: { data: 'string', kms: 'string', hashAlgorithm: 'string', expression: 'string' },
  keyless: {
    identities: [{ issuer: 'string', subject: 'string', issuerRegExp: 'string', subjectRegExp: 'string' }],
    roots: 'string',
    // An older name of the member.
    root: 'string',
  },
  certificate: { cert: text, certChain: text },
  source: { repository: 'string', PullSecrets: 'any', tagPrefix: 'string' },
  ctlog: {
    url: 'string',
    rekorPubKey: 'string',
    ctLogPubKey: 'string',
    tsaCertChain: 'string',
    insecureIgnoreTlog: 'boolean',
    insecureIgnoreSCT: 'boolean',
  },
  tuf: 'any',
  trustedRoot: text,
  annotations: 'any',
} as const;

/** ImageValidatingPolicy and NamespacedImageValidatingPolicy. */
export const imageValidatingPolicyShape: Shape = {
  apiVersion: 'string',
  kind: 'string',
  metadata: 'any',
  status: 'any',
  spec: {
    matchConstraints: {
      resourceRules: ['any'],
      excludeResourceRules: ['any'],
      namespaceSelector: 'any',
      objectSelector: 'any',
      matchPolicy: 'string',
    },
    failurePolicy: 'string',
    auditAnnotations: 'any',
    validationActions: ['string'],
    matchConditions: [{ name: 'string', expression: 'string' }],
    variables: [{ name: 'string', expression: 'string' }],
    validationConfigurations: { mutateDigest: 'boolean', verifyDigest: 'boolean', required: 'boolean' },
    matchImageReferences: [{ glob: 'string', expression: 'string' }],
    credentials: 'any',
    images: [{ name: 'string', expression: 'string' }],
    attestors: [{ name: 'string', cosign, notary: { certs: text, tsaCerts: text } }],
    attestations: [{ name: 'string', intoto: { type: 'string' }, referrer: { type: 'string' } }],
    validations: [{ expression: 'string', message: 'string', messageExpression: 'string', reason: 'string' }],
    webhookConfiguration: 'any',
    evaluation: 'any',
    autogen: 'any',
  },
};
