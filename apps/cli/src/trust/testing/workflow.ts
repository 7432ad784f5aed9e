import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { pae } from '@keelson/envelopes';
import {
  basicConstraints,
  der,
  type Extension,
  extendedKeyUsage,
  issueCertificate,
  issueTimeStamp,
  keyPurposes,
  keyUsage,
  sign,
  subjectAlternativeName,
  writePem,
} from '@keelson/pki';
import { bundleMediaType, statementPayloadType } from '@keelson/signing';

const githubIssuer = 'https://token.actions.githubusercontent.com';
export const generator =
  'https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml';
export const commit = 'c0ffee'.padEnd(40, '0');

/** A workflow on GitHub, and what it was started for. */
export interface Workflow {
  readonly workflow?: string;
  readonly ref?: string;
  readonly repository?: string;
  readonly sourceRef?: string;
  /** Whether the certificate says nothing of the ref. */
  readonly hidesRef?: boolean;
  readonly runner?: string;
  /** Whether an authority has stamped the signature, as with GitHub's own Sigstore. */
  readonly isStamped?: boolean;
}

const now = Date.now();
export const newKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const authorityKey = newKey();
const authority = issueCertificate({
  subject: [['CN', 'authority']],
  key: authorityKey,
  notBefore: now - 3_600_000,
  notAfter: now + 3_600_000,
  extensions: [basicConstraints(true), keyUsage(['keyCertSign'])],
});
const stamperKey = newKey();
const stamper = issueCertificate({
  subject: [['CN', 'stamper']],
  key: stamperKey,
  notBefore: now - 3_600_000,
  notAfter: now + 3_600_000,
  issuer: { certificate: authority, key: authorityKey },
  extensions: [keyUsage(['digitalSignature']), extendedKeyUsage([keyPurposes.timeStamping], true)],
});
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

const trusted = (...chain: readonly { readonly bytes: Uint8Array }[]) => ({
  uri: 'https://authority.test',
  certChain: { certificates: chain.map(({ bytes }) => ({ rawBytes: base64(bytes) })) },
  validFor: { start: new Date(now - 7_200_000).toISOString() },
});

/** Trusts one authority, which stamps too, and no log: for flags that ask for none. */
export const trustedRoot = JSON.stringify({
  mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
  certificateAuthorities: [trusted(authority)],
  timestampAuthorities: [trusted(stamper, authority)],
});
export const unlogged = ['--insecure-ignore-tlog', '--insecure-ignore-sct'];

/** Claims of Fulcio from number 8 on (sigstore/fulcio, docs/oid-info.md). */
const claim = (number: number, text: string): Extension => ({
  oid: `1.3.6.1.4.1.57264.1.${number}`,
  critical: false,
  value: der.utf8String(text),
});

/** A key with a certificate that the authority gave to a workflow. */
function issuedTo(by: Workflow) {
  const { workflow = generator, ref = 'refs/tags/v2.0.0', repository = 'acme/shop' } = by;
  const { sourceRef = 'refs/tags/v1.4.0', runner = 'github-hosted' } = by;
  const key = newKey();
  const certificate = issueCertificate({
    subject: [],
    key,
    notBefore: now - 60_000,
    notAfter: now + 3_600_000,
    issuer: { certificate: authority, key: authorityKey },
    extensions: [
      keyUsage(['digitalSignature']),
      extendedKeyUsage([keyPurposes.codeSigning]),
      subjectAlternativeName([{ type: 'uri', value: `${workflow}@${ref}` }], true),
      claim(8, githubIssuer),
      claim(11, runner),
      claim(12, `https://github.com/${repository}`),
      claim(13, commit),
      ...(by.hidesRef === true ? [] : [claim(14, sourceRef)]),
      claim(20, 'push'),
    ],
  });
  return { key, certificate };
}

/** A bundle over a statement, signed by a workflow. */
export function workflowBundle(statement: unknown, by: Workflow = {}): string {
  const { key, certificate } = issuedTo(by);
  const signed = envelope(statement, key);
  return bundleOf(signed, {
    certificate: { rawBytes: base64(certificate.bytes) },
    ...(by.isStamped === true ? stampOf(signed) : {}),
  });
}

/** An envelope that a workflow signed, with its certificate in PEM. */
export function workflowEnvelope(statement: unknown, by: Workflow = {}) {
  const { key, certificate } = issuedTo(by);
  return { envelope: envelope(statement, key), certificate: writePem('CERTIFICATE', certificate.bytes) };
}

/** A bundle over a statement, signed by a key and stamped. */
export function keyBundle(statement: unknown, key: KeyObject, hint: string): string {
  const signed = envelope(statement, key);
  return bundleOf(signed, { publicKey: { hint }, ...stampOf(signed) });
}

function stampOf({ signatures: [signature] }: ReturnType<typeof envelope>) {
  const bytes = Buffer.from(signature?.sig ?? '', 'base64');
  const stamp = issueTimeStamp({
    authority: { certificate: stamper, key: stamperKey },
    messageImprint: { algorithm: 'sha256', digest: createHash('sha256').update(bytes).digest() },
    policy: '1.3.6.1.4.1.57264.2',
    serialNumber: 7,
    genTime: now,
  });
  return { timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: base64(stamp) }] } };
}

/** A DSSE envelope. */
export function envelope(statement: unknown, key: KeyObject, keyid?: string) {
  const payload = Buffer.from(JSON.stringify(statement));
  const sig = base64(sign(key, 'ecdsa-sha256', pae(statementPayloadType, payload)));
  return {
    payload: base64(payload),
    payloadType: statementPayloadType,
    signatures: [{ sig, ...(keyid === undefined ? {} : { keyid }) }],
  };
}

function bundleOf(dsseEnvelope: ReturnType<typeof envelope>, verificationMaterial: object): string {
  return JSON.stringify({ mediaType: bundleMediaType, verificationMaterial, dsseEnvelope });
}

/** What the generator for any artifact writes (SLSA provenance 0.2). */
export function generatorProvenance(digest: string, by: Workflow = {}) {
  const { workflow = generator, ref = 'refs/tags/v2.0.0', repository = 'acme/shop' } = by;
  const { sourceRef = 'refs/tags/v1.4.0' } = by;
  const uri = `git+https://github.com/${repository}@${sourceRef}`;
  return {
    _type: 'https://in-toto.io/Statement/v0.1',
    predicateType: 'https://slsa.dev/provenance/v0.2',
    subject: [{ name: 'web.tar.gz', digest: { sha256: digest } }],
    predicate: {
      builder: { id: `${workflow}@${ref}` },
      buildType: 'https://github.com/slsa-framework/slsa-github-generator/generic@v1',
      invocation: {
        configSource: { uri, digest: { sha1: commit }, entryPoint: '.github/workflows/release.yml' },
        parameters: {},
        environment: {
          github_event_name: 'push',
          github_ref: sourceRef,
          github_ref_type: sourceRef.startsWith('refs/tags/') ? 'tag' : 'branch',
          github_sha1: commit,
        },
      },
      materials: [{ uri, digest: { sha1: commit } }],
    },
  };
}

/** What npm writes in a workflow (SLSA provenance 1). */
export function npmProvenance(sha512: string, name = 'pkg:npm/%40acme/web@1.4.0') {
  const uri = 'git+https://github.com/acme/shop@refs/tags/v1.4.0';
  return {
    _type: 'https://in-toto.io/Statement/v1',
    predicateType: 'https://slsa.dev/provenance/v1',
    subject: [{ name, digest: { sha512 } }],
    predicate: {
      buildDefinition: {
        buildType: 'https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1',
        externalParameters: {
          workflow: { ref: 'refs/tags/v1.4.0', repository: 'https://github.com/acme/shop' },
        },
        internalParameters: { github: { event_name: 'push' } },
        resolvedDependencies: [{ uri, digest: { gitCommit: commit } }],
      },
      runDetails: { builder: { id: 'https://github.com/actions/runner/github-hosted' } },
    },
  };
}

/** GitHub's own attestation (SLSA provenance 1). */
export function githubProvenance(digest: string, by: Required<Pick<Workflow, 'workflow' | 'ref'>>) {
  return {
    _type: 'https://in-toto.io/Statement/v1',
    predicateType: 'https://slsa.dev/provenance/v1',
    subject: [{ name: 'web.tar.gz', digest: { sha256: digest } }],
    predicate: {
      buildDefinition: {
        buildType: 'https://actions.github.io/buildtypes/workflow/v1',
        externalParameters: {
          workflow: {
            ref: by.ref,
            repository: 'https://github.com/acme/shop',
            path: '.github/workflows/release.yml',
          },
        },
        internalParameters: { github: { event_name: 'push' } },
        resolvedDependencies: [
          { uri: `git+https://github.com/acme/shop@${by.ref}`, digest: { gitCommit: commit } },
        ],
      },
      runDetails: { builder: { id: `${by.workflow}@${by.ref}` } },
    },
  };
}
