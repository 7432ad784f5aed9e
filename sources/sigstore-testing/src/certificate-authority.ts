import { randomBytes } from 'node:crypto';
import { type JsonObject, objectOf } from '@keelson/core';
import {
  basicConstraints,
  type Certificate,
  type CertificateInput,
  der,
  type Extension,
  extendedKeyUsage,
  issueCertificate,
  keyPurposes,
  keyUsage,
  PkiError,
  type PublicKey,
  precertificateTbs,
  publicKeyFromPem,
  subjectAlternativeName,
  verifySignature,
  writePem,
} from '@keelson/pki';
import { authorityExtensions, issue } from './authority.ts';
import type { CertificateLog } from './certificate-log.ts';
import type { Claims, IdentityProvider } from './identity-provider.ts';
import { Refusal, requestFields } from './refusal.ts';

/** Object identifiers of Fulcio (sigstore/fulcio, docs/oid-info.md). */
const issuerOids = { text: '1.3.6.1.4.1.57264.1.1', der: '1.3.6.1.4.1.57264.1.8' };
const lifetime = 600_000;

/** A Fulcio: certificates for keys whose owner has a token. */
export class CertificateAuthority {
  readonly #root = issue('fulcio root', undefined, authorityExtensions);
  readonly #intermediate = issue('fulcio', this.#root, [
    ...authorityExtensions,
    extendedKeyUsage([keyPurposes.codeSigning]),
  ]);
  readonly #provider: IdentityProvider;
  readonly #issuer: () => string;
  readonly #log: CertificateLog | undefined;
  readonly #now: () => number;

  constructor(
    provider: IdentityProvider,
    issuer: () => string,
    log: CertificateLog | undefined,
    now: () => number,
  ) {
    this.#provider = provider;
    this.#issuer = issuer;
    this.#log = log;
    this.#now = now;
  }

  /** Without the leaf; the root comes last. */
  get chain(): readonly Certificate[] {
    return [this.#intermediate.certificate, this.#root.certificate];
  }

  /**
   * `POST /api/v2/signingCert`.
   *
   * @param authorization the header, by which cosign sends the token instead
   * @throws Refusal
   */
  answer(body: Uint8Array, authorization = ''): JsonObject {
    const fields = requestFields(body, 'the request');
    const [, bearer] = /^Bearer (.*)$/.exec(authorization) ?? [];
    const token = fields.object('credentials')?.text('oidcIdentityToken') ?? bearer;
    const claims = this.#provider.verify(token ?? '');
    const asked = fields.required('publicKeyRequest');
    const key = keyFrom(asked.required('publicKey').text('content'));
    const proof = Buffer.from(asked.text('proofOfPossession'), 'base64');
    if (!verifySignature(key, proofScheme(key), Buffer.from(claims.subject), proof))
      throw new Refusal(400, 'the proof of possession does not hold');
    const certificates = [this.certify(key, claims), ...this.chain];
    const chain = objectOf([
      ['certificates', certificates.map(({ bytes }) => writePem('CERTIFICATE', bytes))],
    ]);
    const name = this.#log === undefined ? 'signedCertificateDetachedSct' : 'signedCertificateEmbeddedSct';
    return objectOf([[name, objectOf([['chain', chain]])]]);
  }

  /** A certificate as somebody gets it who may have it. */
  certify(key: PublicKey, { subject, kind }: Claims): Certificate {
    const now = this.#now();
    const issuer = this.#issuer();
    const extensions: readonly Extension[] = [
      keyUsage(['digitalSignature']),
      extendedKeyUsage([keyPurposes.codeSigning]),
      basicConstraints(false),
      subjectAlternativeName([{ type: kind, value: subject }], true),
      { oid: issuerOids.text, critical: false, value: Buffer.from(issuer) },
      { oid: issuerOids.der, critical: false, value: der.utf8String(issuer) },
    ];
    const input: CertificateInput = {
      subject: [],
      key: key.keyObject,
      notBefore: now,
      notAfter: now + lifetime,
      extensions,
      issuer: this.#intermediate,
      serialNumber: randomBytes(15),
    };
    const first = issueCertificate(input);
    if (this.#log === undefined) return first;
    const sct = this.#log.extension(precertificateTbs(first), this.#intermediate.certificate, now);
    return issueCertificate({ ...input, extensions: [...extensions, sct] });
  }
}

function keyFrom(pem: string): PublicKey {
  try {
    return publicKeyFromPem(pem);
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    throw new Refusal(400, `the key: ${error.message}`);
  }
}

function proofScheme({ type, curve }: PublicKey) {
  if (type === 'ed25519') return 'ed25519';
  if (type === 'rsa') return 'rsa-pkcs1-sha256';
  return curve === 'P-256' ? 'ecdsa-sha256' : curve === 'P-384' ? 'ecdsa-sha384' : 'ecdsa-sha512';
}
