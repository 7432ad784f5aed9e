import { type Summary, summaryPredicateType, writeSummary } from '@keelson/attestation';
import { parseJson } from '@keelson/core';
import {
  type AdmissionVerdict,
  admitImage,
  type DemandVerdict,
  type ImageEvidence,
} from '@keelson/image-policies';
import { type Descriptor, digestOf, hexOf } from '@keelson/oci';
import { bundleOfEnvelope, readBundle } from '@keelson/signing';
import { CommandError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { tell } from '../stderr.ts';
import { version } from '../version.ts';
import { type GivenPolicies, givenPolicies } from './admission-policies.ts';
import { admissionText } from './admission-text.ts';
import type { Stated, Subject, SubjectEvidence } from './attest-predicate.ts';
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
  if (verifier === undefined || !URL.canParse(verifier))
    throw new CommandError('USAGE', '--policy needs --verifier-id URI: whose verdict is it?');
  const now = Date.now();
  const given = await givenPolicies(values, now);
  const policy = policyResource(given, values['policy-uri']);
  return async (subject) => {
    const { evidence, placeOf } = await subject.load();
    const verdict = await admitImage({ name: subject.written, evidence }, given.policies);
    const { digest } = evidence.descriptor;
    if (values.quiet !== true)
      tell(admissionText([{ name: subject.written, digest, verdict }], given.policies).trimEnd());
    if (!verdict.isAdmitted && values['only-passed'] === true) return { code: exitCodes.findings };
    const summary: Summary = {
      verifier: { id: verifier, version: new Map([['keelson', version]]) },
      timeVerified: new Date(now).toISOString().replace(/\.\d+Z$/, 'Z'),
      resourceUri: values['resource-uri'] ?? subject.name,
      policy,
      inputAttestations: inputsOf(verdict, placeOf),
      result: verdict.isAdmitted ? 'PASSED' : 'FAILED',
      verifiedLevels: verdict.isAdmitted ? levelsOf(verdict) : ['FAILED'],
    };
    return {
      stated: { predicateType: summaryPredicateType, predicate: parseJson(writeSummary(summary)) },
      code: verdict.isAdmitted ? exitCodes.done : exitCodes.findings,
    };
  };
}

/** The policy by its address and digest; of several files the digest of what `sha256sum` prints of them. */
function policyResource({ files }: GivenPolicies, given: string | undefined): Summary['policy'] {
  const [only, ...others] = files;
  if (only === undefined) throw new CommandError('USAGE', '--policy FILE is needed');
  if (others.length > 0 && given === undefined)
    throw new CommandError('USAGE', 'several policies need --policy-uri URI: a summary names one');
  const digestOfFile = (text: string) => hexOf(digestOf(Buffer.from(text)));
  const sums = files.map(({ name, text }) => `${digestOfFile(text)}  ${name}\n`).join('');
  const sha256 = others.length === 0 ? digestOfFile(only.text) : digestOfFile(sums);
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

/**
 * What is known of a file: the bundles and envelopes that were given.
 *
 * @throws CommandError USAGE for one that cannot be read
 */
export function evidenceOfFile(
  name: string,
  file: Pick<Descriptor, 'digest' | 'size'>,
  files: readonly string[],
): SubjectEvidence {
  const places = new Map<string, string>();
  const found = files.flatMap((name) => {
    const { found, unreadable } = candidatesIn(name, readInput(name), (document) => ({
      manifest: digestOf(document),
      form: 'bundle' as const,
      bundle: isEnvelope(document) ? bundleOfEnvelope(document) : readBundle(document),
    }));
    const [first] = unreadable;
    if (first !== undefined)
      throw new CommandError('USAGE', `${first.place} is no attestation: ${first.fault.message}`, {
        cause: first.fault,
      });
    for (const { item } of found) places.set(item.manifest, name);
    return found.map(({ item }) => item);
  });
  const none = { found: [], unreadable: [] };
  const evidence: ImageEvidence = {
    descriptor: { mediaType: 'application/octet-stream', ...file },
    repository: name,
    stored: { found, unreadable: [], others: [] },
    notary: { ...none, read: () => Promise.reject(new Error('there are none')) },
  };
  return { evidence, placeOf: (digest) => places.get(digest) };
}
