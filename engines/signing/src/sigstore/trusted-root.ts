import type { JsonFields } from '@keelson/core';
import {
  type Certificate,
  PkiError,
  type PublicKey,
  readCertificate,
  readPublicKey,
  readRsaPublicKey,
} from '@keelson/pki';
import { SigningError } from '../errors.ts';
import { bytes, documentFields, type JsonSource, optionalTime } from '../fields.ts';
import { defaultSigningLimits, type SigningLimits } from '../limits.ts';

/** From when to when something is trusted: milliseconds since 1970, both ends in it. Without a start it never is. */
export interface ValidityPeriod {
  readonly start: number | undefined;
  readonly end: number | undefined;
}

/** A transparency log that is trusted, of signatures (Rekor) or of certificates (RFC 6962). */
export interface TrustedLog {
  readonly baseUrl: string;
  /** By which entries name the log. */
  readonly id: Uint8Array;
  /** By which checkpoints name the log's key: its first four bytes count. */
  readonly checkpointKeyId: Uint8Array;
  readonly validity: ValidityPeriod;
  /** @throws SigningError TRUST_ROOT_INVALID for a key that keelson cannot use */
  readonly key: PublicKey;
}

/** A certificate authority or a timestamp authority that is trusted. */
export interface TrustedAuthority {
  readonly uri: string;
  readonly validity: ValidityPeriod;
  /** A timestamp authority's signing certificate, where the trusted root holds it. */
  readonly leaf: Certificate | undefined;
  readonly intermediates: readonly Certificate[];
  readonly root: Certificate;
}

/** What is trusted (sigstore/protobuf-specs, sigstore_trustroot.proto, `TrustedRoot`). */
export interface TrustedRoot {
  readonly transparencyLogs: readonly TrustedLog[];
  readonly certificateLogs: readonly TrustedLog[];
  readonly certificateAuthorities: readonly TrustedAuthority[];
  readonly timestampAuthorities: readonly TrustedAuthority[];
}

const mediaTypes = new Set([
  'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
  'application/vnd.dev.sigstore.trustedroot+json;version=0.2',
  'application/vnd.dev.sigstore.trustedroot.v0.2+json',
]);

/**
 * Reads a trusted root. Do it once for many bundles: its keys and chains are kept with it.
 *
 * @throws SigningError TRUST_ROOT_INVALID, SIGNING_LIMIT
 */
export function readTrustedRoot(
  source: JsonSource,
  limits: SigningLimits = defaultSigningLimits,
): TrustedRoot {
  const fields = documentFields(source, 'the trusted root', 'TRUST_ROOT_INVALID', limits);
  const mediaType = fields.text('mediaType');
  if (!mediaTypes.has(mediaType))
    throw fields.invalid('mediaType', `is ${mediaType}, which keelson does not know`);
  const logs = (name: string) => fields.objects(name, limits.maxAuthorities).map((log) => new Log(log));
  const authorities = (name: string) =>
    fields.objects(name, limits.maxAuthorities).map((authority) => authorityFrom(authority, limits));
  return {
    transparencyLogs: logs('tlogs'),
    certificateLogs: logs('ctlogs'),
    certificateAuthorities: authorities('certificateAuthorities').map((authority) => ({
      ...authority,
      leaf: undefined,
      // Whatever stands before the root may issue.
      intermediates:
        authority.leaf === undefined ? authority.intermediates : [authority.leaf, ...authority.intermediates],
    })),
    timestampAuthorities: authorities('timestampAuthorities'),
  };
}

/** Nothing is trusted: for keys, without logs or timestamps. */
export const emptyTrustedRoot: TrustedRoot = Object.freeze({
  transparencyLogs: [],
  certificateLogs: [],
  certificateAuthorities: [],
  timestampAuthorities: [],
});

/** True where `time` lies in the period, both of its ends counted in. */
export function isWithin(period: ValidityPeriod, time: number): boolean {
  return (
    period.start !== undefined && period.start <= time && (period.end === undefined || time <= period.end)
  );
}

class Log implements TrustedLog {
  readonly baseUrl: string;
  readonly id: Uint8Array;
  readonly checkpointKeyId: Uint8Array;
  readonly validity: ValidityPeriod;
  readonly #bytes: Uint8Array;
  readonly #isRsaAlone: boolean;
  readonly #place: string;
  #key: PublicKey | undefined;

  constructor(fields: JsonFields) {
    const key = fields.required('publicKey');
    this.baseUrl = fields.optionalText('baseUrl') ?? '';
    this.id = bytes(fields.required('logId'), 'keyId');
    const checkpointKeyId = fields.object('checkpointKeyId');
    this.checkpointKeyId = checkpointKeyId === undefined ? this.id : bytes(checkpointKeyId, 'keyId');
    this.validity = periodFrom(key);
    this.#bytes = bytes(key, 'rawBytes');
    // sigstore_common.proto: keys of RSA may stand without the SubjectPublicKeyInfo around them.
    this.#isRsaAlone = key.optionalText('keyDetails')?.startsWith('PKCS1_RSA_') === true;
    this.#place = key.place('rawBytes');
  }

  // A key of a kind that keelson does not use must not keep it from the others, so it is read when it is asked for.
  get key(): PublicKey {
    const read = this.#isRsaAlone ? readRsaPublicKey : readPublicKey;
    this.#key ??= trusted(this.#place, () => read(this.#bytes));
    return this.#key;
  }
}

function authorityFrom(fields: JsonFields, limits: SigningLimits): TrustedAuthority {
  const chain = fields.required('certChain');
  const certificates = chain
    .objects('certificates', limits.maxCertificates)
    .map((certificate) =>
      trusted(certificate.place('rawBytes'), () => readCertificate(bytes(certificate, 'rawBytes'))),
    );
  const root = certificates.at(-1);
  if (root === undefined) throw chain.invalid('certificates', 'is empty');
  const [first, ...rest] = certificates.slice(0, -1);
  const isLeaf = first !== undefined && first.basicConstraints?.ca !== true;
  const { start = root.notBefore, end } = periodFrom(fields);
  return {
    uri: fields.optionalText('uri') ?? '',
    // Certificates say themselves from when on they are valid, which the keys of logs do not.
    validity: { start, end },
    leaf: isLeaf ? first : undefined,
    intermediates: first === undefined || isLeaf ? rest : [first, ...rest],
    root,
  };
}

function periodFrom(fields: JsonFields): ValidityPeriod {
  const period = fields.object('validFor');
  if (period === undefined) return { start: undefined, end: undefined };
  return { start: optionalTime(period, 'start'), end: optionalTime(period, 'end') };
}

function trusted<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    throw new SigningError('TRUST_ROOT_INVALID', `${place}: ${error.message}`, { cause: error });
  }
}
