import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { pae } from '@keelson/envelopes';
import {
  type AlternativeName,
  der,
  type Extension,
  extensionOids,
  issueTimeStamp,
  type NameParts,
  precertificateTbs,
  publicKeyOfKeyObject,
  sign,
  signedSctBytes,
  subjectAlternativeName,
  writePem,
} from '@keelson/pki';
import {
  caExtensions,
  hour,
  type Issued,
  issue,
  newKey,
  noon,
  signerExtensions,
  timestampExtensions,
} from '../../testing/authority.ts';
import { exactly } from '../text-matcher.ts';
import { readTrustedRoot, type TrustedRoot } from '../trusted-root.ts';
import type { BundleRequirements } from '../verify.ts';
import { type Json, put } from './json.ts';

/** When everything was signed, stamped and logged. */
export const signedAt = noon + hour;

const base64 = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64');
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
const spkiOf = (key: KeyObject) => publicKeyOfKeyObject(key).spki;

export const root = issue('root', undefined, caExtensions());
export const intermediate = issue('intermediate', root, caExtensions(0));
export const stampRoot = issue('tsa root', undefined, caExtensions());
export const stamper = issue('tsa', stampRoot, timestampExtensions);

// Logs of certificates.

const certificateLogKey = newKey();

function vector(bytes: Uint8Array): Uint8Array {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** The extension by which a log says that it took in a certificate with that key and these extensions. */
function sctExtension(extensions: readonly Extension[], input: SignerInput, key: KeyObject): Extension {
  const serialNumber = Uint8Array.of(9);
  const plain = issue('signer', input.issuer ?? intermediate, extensions, { key, serialNumber }).certificate;
  const issuer = (input.issuer ?? intermediate).certificate;
  const entry = { issuerKeyHash: sha256(issuer.publicKeyBytes), tbs: precertificateTbs(plain) };
  const signed = signedSctBytes({ timestamp: signedAt, extensions: new Uint8Array(0) }, entry);
  const head = Buffer.alloc(43);
  head.set(sha256(spkiOf(certificateLogKey)), 1);
  head.writeBigUInt64BE(BigInt(signedAt), 33);
  // No extensions; SHA-256 and ECDSA (RFC 5246 section 7.4.1.4.1).
  const signature = sign(certificateLogKey, 'ecdsa-sha256', signed);
  const sct = Buffer.concat([head, Uint8Array.of(4, 3), vector(signature)]);
  return { oid: extensionOids.sctList, critical: false, value: der.octetString(vector(vector(sct))) };
}

// Signers.

export const subject = 'dev@example.com';
export const issuerUri = 'https://accounts.example.com';

export interface SignerInput {
  readonly key?: KeyObject;
  readonly issuer?: Issued;
  readonly names?: readonly AlternativeName[];
  readonly subject?: NameParts;
  /** Beside the names and the proof of a log. */
  readonly extensions?: readonly Extension[];
  readonly claims?: readonly Extension[];
  /** Extensions that the log is shown; by default those of the certificate. */
  readonly logged?: readonly Extension[] | false;
}

/** A claim of Fulcio's: a text by itself up to number 6, a DER string from there on. */
export const claim = (number: number, text: string): Extension => ({
  oid: `1.3.6.1.4.1.57264.1.${number}`,
  critical: false,
  value: number <= 6 ? Buffer.from(text) : der.utf8String(text),
});

/** A certificate such as Fulcio issues it. */
export function issueSigner(input: SignerInput = {}): Issued {
  const { key = newKey() } = input;
  const names = input.names ?? [{ type: 'email', value: subject }];
  const extensions = [
    ...(input.extensions ?? signerExtensions),
    ...(input.claims ?? [claim(1, issuerUri), claim(8, issuerUri)]),
    ...(names.length === 0 ? [] : [subjectAlternativeName(names, true)]),
  ];
  const proof = input.logged === false ? [] : [sctExtension(input.logged ?? extensions, input, key)];
  return issue('signer', input.issuer ?? intermediate, [...extensions, ...proof], {
    key,
    serialNumber: Uint8Array.of(9),
  });
}

export const signer = issueSigner();

// Transparency logs.

export type LogKind = 'rekor1' | 'rekor2';
const logKeys: Readonly<Record<LogKind, KeyObject>> = {
  rekor1: newKey(),
  rekor2: generateKeyPairSync('ed25519').privateKey,
};
const hosts: Readonly<Record<LogKind, string>> = { rekor1: 'rekor1.test', rekor2: 'rekor2.test' };
export const logId = (kind: LogKind): Uint8Array => sha256(spkiOf(logKeys[kind]));

const schemes = { rekor1: 'ecdsa-sha256', rekor2: 'ed25519' } as const;

/** The signed note about a tree. */
export function checkpoint(
  kind: LogKind,
  size: number,
  rootHash: Uint8Array,
  origin = kind === 'rekor1' ? `${hosts.rekor1} - 1` : hosts.rekor2,
): string {
  const text = `${origin}\n${size}\n${base64(rootHash)}\n`;
  const signature = sign(logKeys[kind], schemes[kind], Buffer.from(text));
  return `${text}\n— ${origin.replace(/ - 1$/, '')} ${base64(Buffer.concat([logId(kind).subarray(0, 4), signature]))}\n`;
}

/**
 * The entry of a log in whose tree it is the second of two.
 *
 * @param logIndex its number in all trees of the log
 */
export function logEntry(kind: LogKind, entryKind: string, version: string, spec: Json, logIndex = 1): Json {
  const body = Buffer.from(JSON.stringify({ apiVersion: version, kind: entryKind, spec }));
  const leaf = sha256(Buffer.concat([Uint8Array.of(0), body]));
  const other = sha256(Uint8Array.of(0, 1));
  const rootHash = sha256(Buffer.concat([Uint8Array.of(1), other, leaf]));
  const seconds = signedAt / 1_000;
  const promised = `{"body":"${base64(body)}","integratedTime":${seconds},"logID":"${Buffer.from(logId(kind)).toString('hex')}","logIndex":${logIndex}}`;
  return {
    logIndex: String(logIndex),
    logId: { keyId: base64(logId(kind)) },
    kindVersion: { kind: entryKind, version },
    ...(kind === 'rekor2'
      ? {}
      : {
          integratedTime: String(seconds),
          inclusionPromise: {
            signedEntryTimestamp: base64(sign(logKeys[kind], schemes[kind], Buffer.from(promised))),
          },
        }),
    inclusionProof: {
      logIndex: '1',
      treeSize: '2',
      rootHash: base64(rootHash),
      hashes: [base64(other)],
      checkpoint: { envelope: checkpoint(kind, 2, rootHash) },
    },
    canonicalizedBody: base64(body),
  };
}

// Bundles.

export const artifact = Buffer.from('what is signed\n');
export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

export interface BundleInput {
  readonly by?: Issued;
  /** A key instead of the certificate. */
  readonly withKey?: boolean;
  /** The bytes of a Statement instead of the artifact. */
  readonly statement?: Uint8Array;
  readonly payloadType?: string;
  readonly blob?: Uint8Array;
  readonly logs?: readonly LogKind[];
  readonly stampedAt?: number;
  /** The certificates of the bundle behind the signer's, in the version that had them. */
  readonly intermediates?: readonly Issued[];
}

/** A bundle in JSON, all of which holds unless the input says otherwise. */
export function makeBundle(input: BundleInput = {}): Json {
  const { by = signer, withKey = false, statement, payloadType = 'application/vnd.in-toto+json' } = input;
  const { blob = artifact, logs = ['rekor1'], intermediates } = input;
  const signed = statement === undefined ? blob : pae(payloadType, statement);
  const signature = sign(by.key, 'ecdsa-sha256', signed);
  const [certificate = null, ...others] = [by, ...(intermediates ?? [])].map((each) => ({
    rawBytes: base64(each.certificate.bytes),
  }));
  const material: Json = withKey
    ? { publicKey: { hint: 'a key' } }
    : intermediates === undefined
      ? { certificate }
      : { x509CertificateChain: { certificates: [certificate, ...others] } };
  return {
    mediaType:
      intermediates === undefined
        ? 'application/vnd.dev.sigstore.bundle.v0.3+json'
        : 'application/vnd.dev.sigstore.bundle+json;version=0.2',
    verificationMaterial: {
      ...material,
      tlogEntries: logs.map((kind, at) => entryOf(kind, signed, signature, by, withKey, at)),
      ...(input.stampedAt === undefined
        ? {}
        : { timestampVerificationData: { rfc3161Timestamps: [stamp(signature, input.stampedAt)] } }),
    },
    ...(statement === undefined
      ? {
          messageSignature: {
            messageDigest: { algorithm: 'SHA2_256', digest: base64(sha256(blob)) },
            signature: base64(signature),
          },
        }
      : {
          dsseEnvelope: {
            payload: base64(statement),
            payloadType,
            signatures: [{ sig: base64(signature) }],
          },
        }),
  };
}

export function stamp(signature: Uint8Array, genTime: number): Json {
  const response = issueTimeStamp({
    authority: stamper,
    messageImprint: { algorithm: 'sha256', digest: sha256(signature) },
    policy: '1.3.6.1.4.1.57264.2',
    serialNumber: 7,
    genTime,
  });
  return { signedTimestamp: base64(response) };
}

function entryOf(
  kind: LogKind,
  signed: Uint8Array,
  signature: Uint8Array,
  by: Issued,
  withKey: boolean,
  place: number,
): Json {
  const der = withKey ? spkiOf(by.key) : by.certificate.bytes;
  if (kind === 'rekor1')
    return logEntry(
      kind,
      'hashedrekord',
      '0.0.1',
      {
        data: { hash: { algorithm: 'sha256', value: hex(sha256(signed)) } },
        signature: {
          content: base64(signature),
          publicKey: { content: base64(writePem(withKey ? 'PUBLIC KEY' : 'CERTIFICATE', der)) },
        },
      },
      1 + place,
    );
  return logEntry(kind, 'hashedrekord', '0.0.2', {
    hashedRekordV002: {
      data: { algorithm: 'SHA2_256', digest: base64(sha256(signed)) },
      signature: {
        content: base64(signature),
        verifier: { [withKey ? 'publicKey' : 'x509Certificate']: { rawBytes: base64(der) } },
      },
    },
  });
}

// What is trusted.

const validFor = { start: '2025-01-01T00:00:00Z' };
const certChain = (...certificates: readonly Issued[]): Json => ({
  certificates: certificates.map(({ certificate }) => ({ rawBytes: base64(certificate.bytes) })),
});
const logJson = (key: KeyObject, baseUrl: string): Json => ({
  baseUrl,
  logId: { keyId: base64(sha256(spkiOf(key))) },
  publicKey: { rawBytes: base64(spkiOf(key)), validFor },
});

export const trustedRootJson: Json = {
  mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
  tlogs: [
    logJson(logKeys.rekor1, `https://${hosts.rekor1}`),
    logJson(logKeys.rekor2, `https://${hosts.rekor2}`),
  ],
  ctlogs: [logJson(certificateLogKey, 'https://ct.test')],
  certificateAuthorities: [{ uri: 'https://ca.test', certChain: certChain(intermediate, root), validFor }],
  timestampAuthorities: [{ uri: 'https://tsa.test', certChain: certChain(stamper, stampRoot), validFor }],
};

/** The trusted root with one member changed. */
export function trustedRootWith(path: readonly (string | number)[], value: Json | undefined): TrustedRoot {
  return readTrustedRoot(JSON.stringify(put(trustedRootJson, path, value)));
}

export const requirements: BundleRequirements = {
  trustedRoot: readTrustedRoot(JSON.stringify(trustedRootJson)),
  signer: {
    kind: 'identities',
    identities: [{ subject: exactly(subject), issuer: exactly(issuerUri) }],
  },
  logEntries: 1,
  timestamps: 0,
  certificateLogged: true,
};
export const requirementsOfKey: BundleRequirements = {
  ...requirements,
  signer: { kind: 'key', key: publicKeyOfKeyObject(signer.key) },
};

/** A Statement whose subjects have these digests. */
export function statementAbout(...digests: readonly Readonly<Record<string, string>>[]): Buffer {
  return Buffer.from(
    JSON.stringify({
      _type: 'https://in-toto.io/Statement/v1',
      subject: digests.map((digest) => ({ digest })),
      predicateType: 'https://example.com/predicate',
      predicate: {},
    }),
  );
}
