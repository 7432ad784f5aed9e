import { childOf, type JsonValue, parseJsonBytes } from '@keelson/core';
import { terminalSafe } from '@keelson/report';
import {
  type CertificateIdentity,
  cosignSignPredicate,
  type ImageSignature,
  type ImageVerdict,
  type RefusedSignature,
  type VerifiedBundle,
  type Wanted,
} from '@keelson/signing';
import { faultJson, faultText } from './fault-text.ts';
import { claimOf, leftOutLine } from './left-out.ts';
import { isoTime } from './times.ts';

/** What became of an artifact beside its bundle. */
export type BlobVerdict =
  | {
      readonly name: string;
      readonly verified: VerifiedBundle;
      /** Whether an attestation was asked for, and not a signature. */
      readonly isTyped: boolean;
      readonly fault?: undefined;
    }
  | { readonly name: string; readonly fault: Error };

/** What became of an image. */
export interface ImageResult {
  readonly name: string;
  readonly digest: string;
  readonly verdict: ImageVerdict;
  readonly wanted: Wanted;
  readonly isVerified: boolean;
  /** How many different signers have signed, and how many must. */
  readonly signers: number;
  readonly threshold: number;
}

export function blobText(verdict: BlobVerdict): string {
  const name = terminalSafe(verdict.name);
  if (verdict.fault !== undefined) return `${name}: not verified\n  ${faultText(verdict.fault)}\n`;
  const kind = attestationKind(verdict.verified, verdict.isTyped);
  const lines = kind === undefined ? [] : [`  ${terminalSafe(kind)}`];
  return [`${name}: verified`, ...lines, ...signatureLines(verdict.verified), ''].join('\n');
}

/** What was verified where it is no signature, and whether anybody asked for that. */
export function attestationKind({ statement }: VerifiedBundle, isTyped: boolean): string | undefined {
  if (statement === undefined || statement.predicateType === cosignSignPredicate) return undefined;
  return `an attestation of type ${statement.predicateType}${isTyped ? '' : ', not a signature'}`;
}

export function imageText({ name, digest, verdict, wanted, isVerified }: ImageResult): string {
  const what = wanted.kind === 'signature' ? 'signature' : `attestation of type ${wanted.predicateType}`;
  const lines = [`${terminalSafe(name)}: ${isVerified ? 'verified' : 'not verified'}`, `  digest: ${digest}`];
  for (const accepted of verdict.accepted) lines.push(...acceptedLines(accepted));
  for (const refused of verdict.refused) lines.push(...refusedLines(refused));
  if (verdict.accepted.length + verdict.refused.length === 0) lines.push(`  there is no ${what}`);
  if (verdict.leftOut.length > 0)
    lines.push(`  ${leftOutLine(verdict.leftOut.map(({ bundle }) => claimOf(bundle)))}`);
  return `${lines.join('\n')}\n`;
}

/** A signature that holds. */
export function acceptedLines({ stored, verified, annotations, predicateType }: ImageSignature): string[] {
  const lines = [`  ${predicateType === undefined ? 'signature' : 'attestation'} ${placeOf(stored)}`];
  if (predicateType !== undefined) lines.push(`    type: ${terminalSafe(predicateType)}`);
  for (const [key, value] of annotations) lines.push(`    ${terminalSafe(key)}=${terminalSafe(value)}`);
  return [...lines, ...signatureLines(verified).map((line) => `  ${line}`)];
}

/** One that does not, and why. */
export function refusedLines(refused: RefusedSignature): string[] {
  return [`  refused ${placeOf(refused)}`, `    ${faultText(refused.fault)}`];
}

/** Where a signature stands beside an image, and in which form. */
const placeOf = ({ manifest, layer, form }: Omit<RefusedSignature, 'fault'>): string =>
  `${manifest}${layer === undefined ? '' : `, layer ${layer}`}${form === undefined ? '' : ` (${form})`}`;

/** Who signed when, what says so, and what nothing says. */
export function signatureLines(verified: VerifiedBundle): string[] {
  const { identity, logEntries, timestamps, times, isTimeAssumed } = verified;
  const lines = [identity === undefined ? '  by the key' : `  ${signedBy(identity)}`];
  for (const { log } of logEntries) lines.push(`  logged in ${terminalSafe(log.baseUrl)}`);
  for (const { authority, time } of timestamps)
    lines.push(`  stamped ${isoTime(time)} by ${terminalSafe(authority.uri)}`);
  const promised = logEntries.flatMap(({ time }) => time ?? []);
  for (const time of promised) lines.push(`  promised by the log ${isoTime(time)}`);
  return [...lines, ...unchecked(verified, times.length === 0, isTimeAssumed)];
}

function signedBy({ subjects, issuer }: CertificateIdentity): string {
  const by = `by ${terminalSafe(subjects.join(', '))}`;
  return issuer === undefined
    ? `${by}; the certificate names no issuer`
    : `${by}, says ${terminalSafe(issuer)}`;
}

function unchecked(verified: VerifiedBundle, isTimeless: boolean, isTimeAssumed: boolean): string[] {
  const { logEntries, identity, isCertificateLogged } = verified;
  const lines: string[] = [];
  if (identity !== undefined && !isCertificateLogged)
    lines.push('  not checked: that the certificate was logged');
  if (logEntries.length === 0) lines.push('  not checked: no entry of a transparency log');
  if (isTimeAssumed) lines.push('  not checked: when it was signed; certificates and logs count as of now');
  else if (isTimeless) lines.push('  not checked: when it was signed');
  return lines;
}

/** The same where a key vouches for an envelope and nothing else does. */
export const keyLines: readonly string[] = [
  'by the key',
  'not checked: no entry of a transparency log',
  'not checked: when it was signed',
];
export const keyJson = Object.freeze({ signer: 'key', times: [], logs: [] });

/** The same for programs. */
export function bundleJson(verified: VerifiedBundle) {
  const { identity, times, logEntries, timestamps, isTimeAssumed, statement } = verified;
  return {
    ...(identity === undefined
      ? { signer: 'key' }
      : {
          subjects: identity.subjects,
          issuer: identity.issuer,
          claims: Object.fromEntries(identity.claims),
          certificateLogged: verified.isCertificateLogged,
        }),
    times: times.map(isoTime),
    timeAssumed: isTimeAssumed,
    logs: logEntries.map(({ log }) => log.baseUrl),
    timestampAuthorities: timestamps.map(({ authority }) => authority.uri),
    ...(statement === undefined ? {} : { predicateType: statement.predicateType }),
  };
}

export const acceptedJson = ({ stored, verified, annotations }: ImageSignature) => ({
  manifest: stored.manifest,
  layer: stored.layer,
  form: stored.form,
  annotations: Object.fromEntries(annotations),
  ...bundleJson(verified),
});

export const refusedJson = ({ manifest, layer, form, fault }: RefusedSignature) => ({
  manifest,
  layer,
  form,
  ...faultJson(fault),
});

/** The statement that was verified, with its predicate, as it was signed. */
export function statementOf({ statement, payload }: VerifiedBundle): JsonValue | undefined {
  return statement === undefined || payload === undefined ? undefined : parseJsonBytes(payload);
}

/** The predicates of statements that were verified: what is printed in the place of a verdict. */
export function predicatesOf(verified: readonly VerifiedBundle[]): readonly JsonValue[] {
  return verified.flatMap((each) => childOf(statementOf(each), 'predicate') ?? []);
}

/** The same for programs. */
export const verdictJson = {
  ofBlob: (verdict: BlobVerdict) =>
    verdict.fault === undefined
      ? {
          artifact: verdict.name,
          verified: true,
          signature: { ...bundleJson(verdict.verified), statement: statementOf(verdict.verified) },
        }
      : { artifact: verdict.name, verified: false, fault: faultJson(verdict.fault) },
  ofImage: ({ name, digest, verdict, isVerified, signers, threshold }: ImageResult) => ({
    image: name,
    digest,
    verified: isVerified,
    signers,
    threshold,
    accepted: verdict.accepted.map((each) => ({
      ...acceptedJson(each),
      statement: statementOf(each.verified),
    })),
    refused: verdict.refused.map(refusedJson),
    notAskedFor: verdict.leftOut.map(({ manifest, layer, form, bundle }) => ({
      ...{ manifest, layer, form },
      type: claimOf(bundle),
    })),
  }),
};
