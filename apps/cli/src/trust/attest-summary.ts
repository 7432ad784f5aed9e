import { type Summary, summaryPredicateType, writeSummary } from '@keelson/attestation';
import { parseJson } from '@keelson/core';
import {
  type AdmissionVerdict,
  admitImage,
  type DemandVerdict,
  type ImageEvidence,
} from '@keelson/image-policies';
import { digestOf, hexOf } from '@keelson/oci';
import { bundleOfEnvelope, readBundle } from '@keelson/signing';
import { CommandError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { tell } from '../stderr.ts';
import { version } from '../version.ts';
import { type GivenPolicies, givenPolicies } from './admission-policies.ts';
import { admissionText } from './admission-text.ts';
import type { Stated, Subject } from './attest-predicate.ts';
import { readInput } from './input.ts';
import type { PolicySourceValues } from './policy-flags.ts';
import { candidatesIn, isEnvelope } from './verify/attestations.ts';

interface SummaryValues extends PolicySourceValues {
  readonly attestation?: readonly string[] | undefined;
  readonly 'verifier-id'?: string | undefined;
  readonly 'resource-uri'?: string | undefined;
  readonly 'policy-uri'?: string | undefined;
  readonly 'only-passed'?: boolean | undefined;
}

/** The verdict, to be stated unless only what passes is; and the exit code. */
export interface JudgedSubject {
  readonly stated?: Stated;
  readonly code: number;
}

/**
 * Judges by policies, and says what is to be stated: a SLSA verification summary, PASSED or FAILED.
 *
 * @returns a judge, once everything is read that the flags name
 * @throws CommandError USAGE; ImagePolicyError; what reading a trusted root throws
 */
export async function summaryJudge(
  values: SummaryValues,
): Promise<(subject: Subject) => Promise<JudgedSubject>> {
  const verifier = values['verifier-id'];
  if (verifier === undefined)
    throw new CommandError('USAGE', '--policy needs --verifier-id URI: whose verdict is it?');
  // slsa.dev/spec/v1.2/verification_summary, `verifier.id`.
  if (!URL.canParse(verifier))
    throw new CommandError('USAGE', `--verifier-id ${verifier} is no URI, as https://verifier.example is`);
  const now = Date.now();
  const given = await givenPolicies(values, now);
  const policy = policyResource(given, values['policy-uri']);
  return async (subject) => {
    const { written, evidence, placeOf } = await evidenceOf(subject, given);
    const verdict = await admitImage({ name: written, evidence }, given.policies);
    // Policies that only warn, or ask for nothing, admit images of which nothing is known. A summary says that something was verified.
    const { isVerified: isPassed } = verdict;
    if (values.quiet !== true) {
      const image = { name: written, digest: subject.digest, verdict };
      tell(admissionText([image], given.policies).trimEnd());
    }
    if (!isPassed && values['only-passed'] === true) return { code: exitCodes.findings };
    const summary: Summary = {
      verifier: { id: verifier, version: new Map([['keelson', version]]) },
      timeVerified: new Date(now).toISOString().replace(/\.\d+Z$/, 'Z'),
      resourceUri: values['resource-uri'] ?? subject.name,
      policy,
      inputAttestations: inputsOf(verdict, placeOf),
      result: isPassed ? 'PASSED' : 'FAILED',
      verifiedLevels: isPassed ? levelsOf(verdict) : ['FAILED'],
    };
    return {
      stated: { predicateType: summaryPredicateType, predicate: parseJson(writeSummary(summary)) },
      code: isPassed ? exitCodes.done : exitCodes.findings,
    };
  };
}

/** The policy by its address and digest; of several files the digest of what `sha256sum` prints of them. */
function policyResource({ files }: GivenPolicies, given: string | undefined): Summary['policy'] {
  const [only, ...others] = files;
  if (only === undefined) throw new CommandError('USAGE', '--policy FILE is needed');
  if (others.length > 0 && given === undefined)
    throw new CommandError('USAGE', 'several policies need --policy-uri URI: a summary names one');
  const sums = files.map(({ name, digest }) => `${hexOf(digest)}  ${name}\n`).join('');
  const sha256 = hexOf(others.length === 0 ? only.digest : digestOf(Buffer.from(sums)));
  return { uri: given ?? only.name, digest: new Map([['sha256', sha256]]) };
}

/** The signatures and statements that the verdict stands on, each once. */
function inputsOf(
  verdict: AdmissionVerdict,
  placeOf: SubjectEvidence['placeOf'],
): Summary['inputAttestations'] {
  const accepted = (parts: readonly DemandVerdict[]): readonly string[] =>
    parts.flatMap((part) => [
      ...part.accepted.map((each) =>
        each.kind === 'sigstore' ? each.signature.stored.manifest : each.manifest,
      ),
      ...accepted(part.parts),
    ]);
  const digests = new Set(verdict.policies.flatMap(({ parts }) => accepted(parts)));
  return [...digests].map((digest) => {
    const at = digest.indexOf(':');
    const uri = placeOf(digest);
    return {
      ...(uri === undefined ? {} : { uri }),
      digest: new Map([[digest.slice(0, at), digest.slice(at + 1)]]),
    };
  });
}

/** slsa.dev/spec/v1.2/verification_summary: of each track of SLSA the highest level. */
function levelsOf({ policies }: AdmissionVerdict): readonly string[] {
  const stated = policies.flatMap(({ isPassed, policy }) => (isPassed ? (policy.levels ?? []) : []));
  const highest = new Map<string, string>();
  for (const level of stated) {
    const [, track = level, rank = '0'] = /^(SLSA_[A-Z]+_LEVEL_)([0-9])$/.exec(level) ?? [];
    const known = highest.get(track);
    if (known === undefined || Number(known.slice(track.length)) < Number(rank)) highest.set(track, level);
  }
  return [...highest.values()];
}

interface SubjectEvidence {
  readonly written: string;
  readonly evidence: ImageEvidence;
  /** Where a signature or statement can be had, by its digest. */
  readonly placeOf: (digest: string) => string | undefined;
}

/** What stands beside an image, as the policies see it, or what is known of a file. */
async function evidenceOf(subject: Subject, { images }: GivenPolicies): Promise<SubjectEvidence> {
  const { name, digest } = subject;
  if (subject.kind === 'file') return evidenceOfFile(subject);
  const { written } = subject;
  const evidence = await images.evidence(written);
  if (evidence.descriptor.digest !== digest)
    throw new CommandError(
      'OUTSIDE_FAILED',
      `${written} was ${digest}, and is ${evidence.descriptor.digest} now: name the digest`,
    );
  return { written, evidence, placeOf: (each) => `${name}@${each}` };
}

/** @throws CommandError USAGE for an attestation that cannot be read */
function evidenceOfFile({
  name,
  digest,
  size,
  attestations,
}: Extract<Subject, { kind: 'file' }>): SubjectEvidence {
  const places = new Map<string, string>();
  const found = attestations.flatMap((file) => {
    const { found, unreadable } = candidatesIn(file, readInput(file), (document) => ({
      manifest: digestOf(document),
      form: 'bundle' as const,
      bundle: isEnvelope(document) ? bundleOfEnvelope(document) : readBundle(document),
    }));
    const [first] = unreadable;
    if (first !== undefined)
      throw new CommandError('USAGE', `${first.place} is no attestation: ${first.fault.message}`, {
        cause: first.fault,
      });
    for (const { item } of found) places.set(item.manifest, file);
    return found.map(({ item }) => item);
  });
  const none = { found: [], unreadable: [] };
  const evidence: ImageEvidence = {
    descriptor: { mediaType: 'application/octet-stream', digest, size },
    repository: name,
    stored: { found, unreadable: [], others: [] },
    notary: { ...none, read: () => Promise.reject(new Error('there are none')) },
  };
  return { written: name, evidence, placeOf: (each) => places.get(each) };
}
