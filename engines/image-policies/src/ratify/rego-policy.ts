import { isKeelsonError, type JsonValue, objectOf, stringifyJson } from '@keelson/core';
import { compile, fromJson, RegoError } from '@keelson/rego';
import { ImagePolicyError } from '../errors.ts';
import { invalid, keelsonError, refused, unsupported } from '../faults.ts';
import type { ImageToJudge } from '../model/evidence.ts';
import type { OwnVerdict } from '../model/policy.ts';
import type { DemandVerdict } from '../model/verdict.ts';
import type { RatifyDocument } from './documents.ts';
import { attempt, isFor, type Referrer, referrersOf, type Verifier } from './reports.ts';

/** Over all that verifiers say of what refers to an image, and of what refers to that. */
export type RegoRule = (
  image: ImageToJudge,
  verifiers: readonly Verifier[],
  cosignTag: boolean,
) => Promise<OwnVerdict>;

/** What is looked at for one image, and how deep. */
const limits = { maxReferrers: 200, maxDepth: 5 };

/**
 * A policy of the type `rego-policy`: `data.ratify.policy.valid` must be true.
 *
 * @throws ImagePolicyError IMAGE_POLICY_INVALID where it does not compile, IMAGE_POLICY_UNSUPPORTED
 */
export function readRegoPolicy({ name, spec }: RatifyDocument): RegoRule {
  const place = `Policy ${name}`;
  const parameters = spec.required('parameters');
  if (parameters.optionalBoolean('passthroughEnabled') === true)
    throw unsupported(place, 'passthroughEnabled, which leaves the decision to Gatekeeper');
  const text = parameters.optionalText('policy') ?? '';
  if (text.trim() === '') throw unsupported(place, "a policyPath, which is a file of Ratify's own machine");
  const policy = compiled(text, place);
  return async (image, verifiers, cosignTag) => {
    const walk = new Walk(verifiers, cosignTag);
    const reports = await walk.reports(image, 0).catch(keelsonError);
    if (!Array.isArray(reports)) return { parts: walk.parts, fault: reports };
    const input = objectOf([['verifierReports', reports]]);
    const { result, errors } = policy.evaluate('data.ratify.policy.valid', fromJson(stringifyJson(input)));
    const [fault] = errors;
    const { parts } = walk;
    const accepted = parts.filter(({ isPassed }) => isPassed);
    const signers = new Set(accepted.flatMap((part) => [...part.signers]));
    if (fault !== undefined)
      return { parts, fault: refused(`the policy cannot be evaluated: ${fault.message}`) };
    return result === true
      ? { parts, signers }
      : { parts, fault: refused('valid of the package ratify.policy is not true') };
  };
}

function compiled(text: string, place: string) {
  try {
    return compile({ 'policy.rego': text }, { version: 'v0' });
  } catch (error) {
    if (!(error instanceof RegoError)) throw error;
    throw invalid(`${place} does not compile: ${error.message}`, error);
  }
}

/** One way through all that refers to an image. */
class Walk {
  /** What was told of each, for people. */
  readonly parts: DemandVerdict[] = [];
  readonly #verifiers: readonly Verifier[];
  readonly #cosignTag: boolean;
  #seen = 0;

  constructor(verifiers: readonly Verifier[], cosignTag: boolean) {
    this.#verifiers = verifiers;
    this.#cosignTag = cosignTag;
  }

  /** Ratify's reports (ratify-project/ratify, pkg/executor/types), of the form that policies in Rego see. */
  async reports(image: ImageToJudge, depth: number): Promise<JsonValue[]> {
    const found: JsonValue[] = [];
    for (const referrer of referrersOf(image.evidence, this.#cosignTag))
      found.push(await this.#report(image, referrer, depth));
    return found;
  }

  async #report(image: ImageToJudge, referrer: Referrer, depth: number): Promise<JsonValue> {
    const { descriptor, repository } = image.evidence;
    if (++this.#seen > limits.maxReferrers || depth >= limits.maxDepth)
      throw new ImagePolicyError(
        'IMAGE_POLICY_REFUSED',
        `more refers to the image than is looked at (maxReferrers ${limits.maxReferrers}, maxDepth ${limits.maxDepth})`,
      );
    const verifiers = this.#verifiers.filter((each) => isFor(each, referrer));
    const said: JsonValue[] = [];
    for (const verifier of verifiers) said.push(await this.#said(verifier, image, referrer));
    return objectOf([
      ['subject', `${repository}@${descriptor.digest}`],
      ['referenceDigest', referrer.digest],
      ['artifactType', referrer.artifactType],
      ['verifierReports', said],
      ['nestedReports', await this.#nested(image, referrer, depth)],
    ]);
  }

  async #nested(image: ImageToJudge, { digest }: Referrer, depth: number): Promise<JsonValue[]> {
    const { nested } = image.evidence;
    if (nested === undefined) throw unsupported('the policy', 'what refers to signatures of a file');
    const evidence = await nested(digest);
    return await this.reports({ ...image, evidence: { ...evidence, nested } }, depth + 1);
  }

  async #said({ name, type, verify }: Verifier, image: ImageToJudge, referrer: Referrer): Promise<JsonValue> {
    const found = await attempt({ verify }, referrer, image);
    const fault = referrer.fault ?? found.fault;
    const isPassed = fault === undefined;
    this.parts.push({
      name: `${name} of ${referrer.digest}`,
      isPassed,
      isStatic: false,
      accepted: isPassed ? (found.accepted ?? []) : [],
      refused: isPassed ? [] : (found.refused ?? []),
      signers: found.signers ?? new Set(),
      answers: new Map(),
      parts: [],
      ...(fault === undefined ? {} : { fault }),
    });
    return objectOf([
      ['isSuccess', isPassed],
      ['name', name],
      ['verifierName', name],
      ['type', type],
      ['verifierType', type],
      ['message', isPassed ? 'verified' : wordsOf(fault)],
      ...(found.extensions === undefined ? [] : [['extensions', found.extensions] as const]),
    ]);
  }
}

const wordsOf = (fault: Error): string => (isKeelsonError(fault) ? fault.format() : fault.message);
