import { decodeUtf8, type RegoValue } from '../../values/index.ts';
import { encodeBase64 } from '../base64.ts';
import { builtinError } from '../builtin.ts';
import { contextTag, DerFault, DerReader, integerOf, tags } from './der.ts';
import {
  type GeneralNames,
  type NameConstraints,
  parseGeneralNames,
  parseNameConstraints,
} from './general-names.ts';

export interface Extension {
  readonly oid: readonly number[];
  readonly isCritical: boolean;
  readonly value: Uint8Array;
}

/** What the extensions of a certificate say, as far as Go reads them. */
export interface ExtensionFacts {
  keyUsage: number;
  basicConstraints: { readonly isCa: boolean; readonly maxPathLength: number } | undefined;
  names: GeneralNames | undefined;
  constraints: (NameConstraints & { readonly isCritical: boolean }) | undefined;
  readonly crlPoints: string[];
  authorityKeyId: Uint8Array | undefined;
  subjectKeyId: Uint8Array | undefined;
  readonly extendedKeyUsage: number[];
  readonly unknownKeyUsage: (readonly number[])[];
  policies: (readonly number[])[] | undefined;
  readonly policyMappings: RegoValue[];
  requireExplicitPolicy: number | undefined;
  inhibitPolicyMapping: number | undefined;
  inhibitAnyPolicy: number | undefined;
  readonly ocspServers: string[];
  readonly issuerUrls: string[];
  readonly unhandledCritical: (readonly number[])[];
}

export function parseExtensions(extensions: readonly Extension[]): ExtensionFacts {
  const facts: ExtensionFacts = {
    keyUsage: 0,
    basicConstraints: undefined,
    names: undefined,
    constraints: undefined,
    crlPoints: [],
    authorityKeyId: undefined,
    subjectKeyId: undefined,
    extendedKeyUsage: [],
    unknownKeyUsage: [],
    policies: undefined,
    policyMappings: [],
    requireExplicitPolicy: undefined,
    inhibitPolicyMapping: undefined,
    inhibitAnyPolicy: undefined,
    ocspServers: [],
    issuerUrls: [],
    unhandledCritical: [],
  };
  for (const extension of extensions) {
    const reader = readers.get(extension.oid.join('.'));
    let isHandled = false;
    try {
      isHandled = reader?.read(facts, extension) ?? false;
    } catch (error) {
      if (!(error instanceof DerFault)) throw error;
      throw builtinError(`x509: invalid ${reader?.name ?? 'extension'}`);
    }
    if (extension.isCritical && !isHandled) facts.unhandledCritical.push(extension.oid);
  }
  return facts;
}

interface ExtensionReader {
  /** As it stands in the error for what cannot be read. */
  readonly name: string;
  /** Tells whether the extension was understood. */
  read(facts: ExtensionFacts, extension: Extension): boolean;
}

/** Extended key usages by Go's numbers for them. */
export const extendedKeyUsages: readonly string[] = [
  '2.5.29.37.0',
  '1.3.6.1.5.5.7.3.1',
  '1.3.6.1.5.5.7.3.2',
  '1.3.6.1.5.5.7.3.3',
  '1.3.6.1.5.5.7.3.4',
  '1.3.6.1.5.5.7.3.5',
  '1.3.6.1.5.5.7.3.6',
  '1.3.6.1.5.5.7.3.7',
  '1.3.6.1.5.5.7.3.8',
  '1.3.6.1.5.5.7.3.9',
  '1.3.6.1.4.1.311.10.3.3',
  '2.16.840.1.113730.4.1',
  '1.3.6.1.4.1.311.2.1.22',
  '1.3.6.1.4.1.311.61.1.1',
];

const readers = new Map<string, ExtensionReader>([
  ['2.5.29.15', { name: 'key usage', read: readKeyUsage }],
  ['2.5.29.19', { name: 'basic constraints', read: readBasicConstraints }],
  ['2.5.29.17', { name: 'subject alternative name', read: readNames }],
  ['2.5.29.30', { name: 'NameConstraints extension', read: readConstraints }],
  ['2.5.29.31', { name: 'CRL distribution points', read: readCrlPoints }],
  ['2.5.29.35', { name: 'authority key identifier', read: readAuthorityKeyId }],
  ['2.5.29.14', { name: 'subject key identifier', read: readSubjectKeyId }],
  ['2.5.29.37', { name: 'extended key usages', read: readExtendedKeyUsage }],
  ['2.5.29.32', { name: 'certificate policies', read: readPolicies }],
  ['2.5.29.33', { name: 'policy mappings extension', read: readPolicyMappings }],
  ['2.5.29.36', { name: 'policy constraints extension', read: readPolicyConstraints }],
  ['2.5.29.54', { name: 'inhibit any policy extension', read: readInhibitAnyPolicy }],
  ['1.3.6.1.5.5.7.1.1', { name: 'authority info access', read: readInfoAccess }],
]);

function readKeyUsage(facts: ExtensionFacts, { value }: Extension): boolean {
  const { bytes } = new DerReader(value).bitString();
  for (let bit = 0; bit < 9; bit++)
    if ((((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 1) facts.keyUsage |= 1 << bit;
  return true;
}

function readBasicConstraints(facts: ExtensionFacts, { value }: Extension): boolean {
  const sequence = new DerReader(value).nested();
  const flag = sequence.optional(tags.boolean)?.content;
  const length = sequence.next === tags.integer ? Number(sequence.integer()) : -1;
  facts.basicConstraints = { isCa: flag?.[0] === 0xff, maxPathLength: length };
  return true;
}

function readNames(facts: ExtensionFacts, { value }: Extension): boolean {
  const names = parseGeneralNames(value);
  facts.names = names;
  return Object.values(names).some((list) => list.length > 0);
}

function readConstraints(facts: ExtensionFacts, { value, isCritical }: Extension): boolean {
  const constraints = parseNameConstraints(value);
  facts.constraints = { ...constraints, isCritical };
  return !constraints.isPartial;
}

function readCrlPoints(facts: ExtensionFacts, { value }: Extension): boolean {
  const points = new DerReader(value).nested();
  while (!points.isEmpty) {
    const name = points.nested().optional(contextTag(0, true));
    const full = name && new DerReader(name.content).nested(contextTag(0, true));
    while (full?.next === contextTag(6)) facts.crlPoints.push(decodeUtf8(full.element().content));
  }
  return true;
}

function readAuthorityKeyId(facts: ExtensionFacts, { value, isCritical }: Extension): boolean {
  if (isCritical) throw builtinError('x509: authority key identifier incorrectly marked critical');
  facts.authorityKeyId = new DerReader(value).nested().optional(contextTag(0))?.content;
  return true;
}

function readSubjectKeyId(facts: ExtensionFacts, { value, isCritical }: Extension): boolean {
  if (isCritical) throw builtinError('x509: subject key identifier incorrectly marked critical');
  facts.subjectKeyId = new DerReader(value).octetString();
  return true;
}

function readExtendedKeyUsage(facts: ExtensionFacts, { value }: Extension): boolean {
  const list = new DerReader(value).nested();
  while (!list.isEmpty) {
    const oid = list.oid();
    const known = extendedKeyUsages.indexOf(oid.join('.'));
    if (known < 0) facts.unknownKeyUsage.push(oid);
    else facts.extendedKeyUsage.push(known);
  }
  return true;
}

function readPolicies(facts: ExtensionFacts, { value }: Extension): boolean {
  const list = new DerReader(value).nested();
  facts.policies = [];
  while (!list.isEmpty) facts.policies.push(list.nested().oid());
  return true;
}

function readPolicyMappings(facts: ExtensionFacts, { value }: Extension): boolean {
  const list = new DerReader(value).nested();
  while (!list.isEmpty) {
    const pair = list.nested();
    facts.policyMappings.push({
      IssuerDomainPolicy: pair.oid().join('.'),
      SubjectDomainPolicy: pair.oid().join('.'),
    });
  }
  return true;
}

function readPolicyConstraints(facts: ExtensionFacts, { value }: Extension): boolean {
  const sequence = new DerReader(value).nested();
  const explicit = sequence.optional(contextTag(0))?.content;
  const mapping = sequence.optional(contextTag(1))?.content;
  facts.requireExplicitPolicy = explicit && Number(integerOf(explicit));
  facts.inhibitPolicyMapping = mapping && Number(integerOf(mapping));
  return true;
}

function readInhibitAnyPolicy(facts: ExtensionFacts, { value }: Extension): boolean {
  facts.inhibitAnyPolicy = Number(new DerReader(value).integer());
  return true;
}

function readInfoAccess(facts: ExtensionFacts, { value, isCritical }: Extension): boolean {
  if (isCritical) throw builtinError('x509: authority info access incorrectly marked critical');
  const list = new DerReader(value).nested();
  while (!list.isEmpty) {
    const item = list.nested();
    const method = item.oid().join('.');
    const url = item.optional(contextTag(6))?.content;
    if (url === undefined) continue;
    if (method === '1.3.6.1.5.5.7.48.1') facts.ocspServers.push(decodeUtf8(url));
    else if (method === '1.3.6.1.5.5.7.48.2') facts.issuerUrls.push(decodeUtf8(url));
  }
  return true;
}

/** One extension: its identifier, whether it is critical, its value. */
export function parseExtension(extension: DerReader): Extension {
  const oid = extension.oid();
  const critical = extension.optional(tags.boolean);
  return { oid, isCritical: critical?.content[0] === 0xff, value: extension.octetString() };
}

export function extensionJson({ oid, isCritical, value }: Extension): RegoValue {
  return { Id: oid, Critical: isCritical, Value: encodeBase64(value, 'standard') };
}
