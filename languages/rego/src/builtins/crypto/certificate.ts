import { numberFromBigInt, type RegoValue } from '../../values/index.ts';
import { encodeBase64 } from '../base64.ts';
import { builtinError } from '../builtin.ts';
import { formatAddress } from '../net/address.ts';
import { type BitString, contextTag, DerFault, DerReader, tags } from './der.ts';
import { goTime, parseDerTime } from './der-time.ts';
import {
  type Extension,
  type ExtensionFacts,
  extensionJson,
  parseExtension,
  parseExtensions,
} from './extensions.ts';
import { addressText, listOrNull, type Subtrees } from './general-names.ts';
import { type PublicKey, parsePublicKeyInfo, publicKeyJson } from './keys.ts';
import { parseName } from './name.ts';
import { parseSignatureAlgorithm, type SignatureAlgorithm } from './signature-algorithm.ts';

/** A certificate of X.509 (RFC 5280). */
export interface Certificate {
  readonly raw: Uint8Array;
  readonly tbs: Uint8Array;
  readonly version: number;
  readonly serialNumber: bigint;
  readonly algorithm: SignatureAlgorithm;
  readonly rawIssuer: Uint8Array;
  readonly rawSubject: Uint8Array;
  readonly issuer: RegoValue;
  readonly subject: RegoValue;
  /** Seconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly rawPublicKey: Uint8Array;
  readonly publicKey: PublicKey | undefined;
  readonly extensions: readonly Extension[];
  readonly facts: ExtensionFacts;
  readonly signature: Uint8Array;
}

/** The certificates of some DER, one after the other. Throws an error as Go words it. */
export function parseCertificates(der: Uint8Array): readonly Certificate[] {
  const found: Certificate[] = [];
  for (let rest = der; rest.length > 0; ) {
    const certificate = parseCertificate(rest);
    found.push(certificate);
    rest = rest.subarray(certificate.raw.length);
  }
  return found;
}

/** What `read` gives; DER that does not fit is the error `x509: malformed …`. */
function part<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof DerFault) throw builtinError(`x509: malformed ${what}`);
    throw error;
  }
}

function parseCertificate(der: Uint8Array): Certificate {
  const { whole: raw, content } = part('certificate', () => new DerReader(der).expect(tags.sequence));
  const outer = new DerReader(content);
  const { whole: rawTbs, content: tbsContent } = part('tbs certificate', () => outer.expect(tags.sequence));
  const tbs = new DerReader(tbsContent);
  const version = part('version', () => versionOf(tbs));
  const serialNumber = part('serial number', () => tbs.integer());
  if (serialNumber < 0n) throw builtinError('x509: negative serial number');
  const inner = part('signature algorithm identifier', () => tbs.expect(tags.sequence).content);
  const repeated = part('algorithm identifier', () => outer.expect(tags.sequence).content);
  if (encodeBase64(inner, 'standard') !== encodeBase64(repeated, 'standard'))
    throw builtinError("x509: inner and outer signature algorithm identifiers don't match");
  const algorithm = part('OID', () => parseSignatureAlgorithm(inner));
  const rawIssuer = part('issuer', () => tbs.expect(tags.sequence).whole);
  const issuer = part('issuer', () => parseName(rawIssuer));
  const validity = part('validity', () => tbs.nested());
  const notBefore = part('validity', () => parseDerTime(validity.element()));
  const notAfter = part('validity', () => parseDerTime(validity.element()));
  const rawSubject = part('issuer', () => tbs.expect(tags.sequence).whole);
  const subject = part('issuer', () => parseName(rawSubject));
  const rawPublicKey = part('spki', () => tbs.expect(tags.sequence).whole);
  const publicKey = part('subjectPublicKey', () => parsePublicKeyInfo(rawPublicKey));
  const extensions = version === 3 ? extensionsOf(tbs) : [];
  const facts = parseExtensions(extensions);
  const signature = part('signature', () => rightAligned(outer.bitString()));
  return {
    raw,
    tbs: rawTbs,
    version,
    serialNumber,
    algorithm,
    rawIssuer,
    rawSubject,
    issuer,
    subject,
    notBefore,
    notAfter,
    rawPublicKey,
    publicKey,
    extensions,
    facts,
    signature,
  };
}

function versionOf(tbs: DerReader): number {
  const explicit = tbs.optional(contextTag(0, true));
  const version = explicit === undefined ? 0n : new DerReader(explicit.content).integer();
  if (version < 0n) throw builtinError('x509: malformed version');
  if (version > 2n) throw builtinError('x509: invalid version');
  return Number(version) + 1;
}

function extensionsOf(tbs: DerReader): readonly Extension[] {
  tbs.optional(contextTag(1));
  tbs.optional(contextTag(2));
  const present = part('extensions', () => tbs.optional(contextTag(3, true)));
  if (present === undefined) return [];
  const list = part('extensions', () => new DerReader(present.content).nested());
  const seen = new Set<string>();
  const found: Extension[] = [];
  while (!list.isEmpty) {
    const extension = part('extension', () => parseExtension(list.nested()));
    const oid = extension.oid.join('.');
    if (seen.has(oid)) throw builtinError(`x509: certificate contains duplicate extension with OID "${oid}"`);
    seen.add(oid);
    found.push(extension);
  }
  return found;
}

export function rightAligned({ bytes, unused }: BitString): Uint8Array {
  if (unused === 0) return bytes;
  return bytes.map((byte, i) => ((bytes[i - 1] ?? 0) << (8 - unused)) | (byte >> unused));
}

export const keyAlgorithmNumbers = Object.freeze({ rsa: 1, ec: 3, ed25519: 4 });

const base64 = (bytes: Uint8Array | undefined) =>
  bytes === undefined ? null : encodeBase64(bytes, 'standard');

/** The certificate as Go's encoding/json prints its struct. */
export function certificateJson(certificate: Certificate): RegoValue {
  const { facts, publicKey, extensions } = certificate;
  const { basicConstraints } = facts;
  return {
    Raw: base64(certificate.raw),
    RawTBSCertificate: base64(certificate.tbs),
    RawSubjectPublicKeyInfo: base64(certificate.rawPublicKey),
    RawSubject: base64(certificate.rawSubject),
    RawIssuer: base64(certificate.rawIssuer),
    Signature: base64(certificate.signature),
    SignatureAlgorithm: certificate.algorithm.number,
    PublicKeyAlgorithm: publicKey === undefined ? 0 : keyAlgorithmNumbers[publicKey.type],
    PublicKey: publicKey === undefined ? null : publicKeyJson(publicKey),
    Version: certificate.version,
    SerialNumber: numberFromBigInt(certificate.serialNumber),
    Issuer: certificate.issuer,
    Subject: certificate.subject,
    NotBefore: goTime(certificate.notBefore),
    NotAfter: goTime(certificate.notAfter),
    KeyUsage: facts.keyUsage,
    Extensions: listOrNull(extensions.map(extensionJson)),
    ExtraExtensions: null,
    UnhandledCriticalExtensions: listOrNull(facts.unhandledCritical),
    ExtKeyUsage: listOrNull(facts.extendedKeyUsage),
    UnknownExtKeyUsage: listOrNull(facts.unknownKeyUsage),
    BasicConstraintsValid: basicConstraints !== undefined,
    IsCA: basicConstraints?.isCa ?? false,
    MaxPathLen: basicConstraints?.maxPathLength ?? 0,
    MaxPathLenZero: basicConstraints?.maxPathLength === 0,
    SubjectKeyId: base64(facts.subjectKeyId),
    AuthorityKeyId: base64(facts.authorityKeyId),
    OCSPServer: listOrNull(facts.ocspServers),
    IssuingCertificateURL: listOrNull(facts.issuerUrls),
    CRLDistributionPoints: listOrNull(facts.crlPoints),
    ...namesJson(facts),
    ...constraintsJson(facts),
    ...policiesJson(facts),
  };
}

/** The names of a subject, as certificates and requests print them. */
export function namesJson({ names }: ExtensionFacts): { readonly [key: string]: RegoValue } {
  return {
    DNSNames: listOrNull(names?.dnsNames ?? []),
    EmailAddresses: listOrNull(names?.emails ?? []),
    IPAddresses: listOrNull((names?.addresses ?? []).map(formatAddress)),
    URIs: listOrNull((names?.urls ?? []).map(({ json }) => json)),
  };
}

function constraintsJson({ constraints }: ExtensionFacts): { readonly [key: string]: RegoValue } {
  const sides: Record<string, RegoValue> = {
    PermittedDNSDomainsCritical: constraints?.isCritical ?? false,
  };
  const add = (prefix: string, trees: Subtrees | undefined) => {
    sides[`${prefix}DNSDomains`] = listOrNull(trees?.dnsDomains ?? []);
    sides[`${prefix}EmailAddresses`] = listOrNull(trees?.emails ?? []);
    sides[`${prefix}URIDomains`] = listOrNull(trees?.urlDomains ?? []);
    sides[`${prefix}IPRanges`] = listOrNull(
      (trees?.ranges ?? []).map(({ address, mask }) => ({ IP: addressText(address), Mask: base64(mask) })),
    );
  };
  add('Permitted', constraints?.permitted);
  add('Excluded', constraints?.excluded);
  return sides;
}

function policiesJson(facts: ExtensionFacts): { readonly [key: string]: RegoValue } {
  const { policies, requireExplicitPolicy, inhibitPolicyMapping, inhibitAnyPolicy } = facts;
  return {
    Policies: policies === undefined ? null : listOrNull(policies.map((oid) => oid.join('.'))),
    PolicyIdentifiers: policies ?? null,
    PolicyMappings: listOrNull(facts.policyMappings),
    RequireExplicitPolicy: requireExplicitPolicy ?? 0,
    RequireExplicitPolicyZero: requireExplicitPolicy === 0,
    InhibitPolicyMapping: inhibitPolicyMapping ?? 0,
    InhibitPolicyMappingZero: inhibitPolicyMapping === 0,
    InhibitAnyPolicy: inhibitAnyPolicy ?? 0,
    InhibitAnyPolicyZero: inhibitAnyPolicy === 0,
  };
}
