import type { Shape } from '../shape.ts';

const rekor = { url: 'string', pubkey: 'string', ignoreTlog: 'boolean' } as const;
const ctlog = { ignoreSCT: 'boolean', pubkey: 'string', tsaCertChain: 'string' } as const;

/** An entry of a set of attestors; what it nests is read when it is looked at. */
const attestor = {
  keys: {
    publicKeys: 'string',
    signatureAlgorithm: 'string',
    kms: 'string',
    secret: { name: 'string', namespace: 'string' },
    rekor,
    ctlog,
  },
  certificates: { cert: 'string', certChain: 'string', rekor, ctlog },
  keyless: {
    rekor,
    ctlog,
    issuer: 'string',
    issuerRegExp: 'string',
    subject: 'string',
    subjectRegExp: 'string',
    roots: 'string',
    additionalExtensions: 'any',
  },
  attestor: 'any',
  annotations: 'any',
  repository: 'string',
  signatureAlgorithm: 'string',
} as const;

/** A set of attestors, wherever it stands. */
export const attestorSetShape: Shape = { count: 'number', entries: [attestor] };

const verifyImages: Shape = {
  failureAction: 'string',
  type: 'string',
  image: 'string',
  imageReferences: ['string'],
  skipImageReferences: ['string'],
  key: 'string',
  roots: 'string',
  subject: 'string',
  issuer: 'string',
  additionalExtensions: 'any',
  attestors: [attestorSetShape],
  attestations: [
    {
      name: 'string',
      predicateType: 'string',
      type: 'string',
      attestors: [attestorSetShape],
      conditions: 'any',
    },
  ],
  annotations: 'any',
  repository: 'string',
  cosignOCI11: 'boolean',
  mutateDigest: 'boolean',
  verifyDigest: 'boolean',
  validate: 'any',
  required: 'boolean',
  imageRegistryCredentials: 'any',
  useCache: 'boolean',
};

/** ClusterPolicy and Policy; rules of other sorts are not looked into. */
export const clusterPolicyShape: Shape = {
  apiVersion: 'string',
  kind: 'string',
  metadata: 'any',
  status: 'any',
  spec: {
    rules: [
      {
        name: 'string',
        context: 'any',
        reportProperties: 'any',
        match: 'any',
        exclude: 'any',
        imageExtractors: 'any',
        preconditions: 'any',
        celPreconditions: 'any',
        mutate: 'any',
        validate: 'any',
        generate: 'any',
        verifyImages: [verifyImages],
        skipBackgroundRequests: 'boolean',
      },
    ],
    applyRules: 'string',
    failurePolicy: 'string',
    validationFailureAction: 'string',
    validationFailureActionOverrides: 'any',
    emitWarning: 'boolean',
    admission: 'boolean',
    background: 'boolean',
    schemaValidation: 'boolean',
    webhookTimeoutSeconds: 'number',
    mutateExistingOnPolicyUpdate: 'boolean',
    generateExistingOnPolicyUpdate: 'boolean',
    generateExisting: 'boolean',
    useServerSideApply: 'boolean',
    webhookConfiguration: 'any',
  },
};
