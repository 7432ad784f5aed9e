import {
  type AcceptedSignature,
  type AdmissionVerdict,
  type DemandVerdict,
  type ImagePolicy,
  ImagePolicyError,
  type PolicyVerdict,
} from '@keelson/image-policies';
import type { Digest } from '@keelson/oci';
import { terminalSafe } from '@keelson/report';
import { faultJson, faultText } from './fault-text.ts';
import { notationJson, notationLines } from './notation/verdict-text.ts';
import { acceptedJson, acceptedLines, refusedJson, refusedLines } from './verdict-text.ts';

/** What policies say to one image, or why nobody can say. */
export interface JudgedImage {
  readonly name: string;
  /** Who runs it, where manifests were read: `Deployment shop/web`. */
  readonly runBy?: string;
  readonly digest?: Digest;
  readonly verdict?: AdmissionVerdict;
  /** Why the image could not be read. */
  readonly fault?: Error;
  /** True where it is the manifest's: what stands there names no image. */
  readonly isMisnamed?: boolean;
}

/**
 * What policies say to each image, for people.
 *
 * @param policies all that were given
 */
export function admissionText(images: readonly JudgedImage[], policies: readonly ImagePolicy[]): string {
  const lines = policies.flatMap(({ name, warnings }) =>
    warnings.map((warning) => `warning: policy ${terminalSafe(name)}: ${terminalSafe(warning)}`),
  );
  for (const image of images) lines.push(...imageLines(image, policies));
  if (images.length > 1) {
    const admitted = images.filter(({ verdict }) => verdict?.isAdmitted === true);
    lines.push(`${admitted.length} of ${images.length} images are admitted`);
  }
  return `${lines.join('\n')}\n`;
}

function imageLines(
  { name, runBy, digest, verdict, fault }: JudgedImage,
  policies: readonly ImagePolicy[],
): string[] {
  const what = `${terminalSafe(name)}${runBy === undefined ? '' : `, run by ${terminalSafe(runBy)}`}`;
  if (verdict === undefined)
    return [`${what}: not judged`, ...(fault === undefined ? [] : [`  ${faultText(fault)}`])];
  const lines = [`${what}: ${wordOf(verdict)}`, `  digest: ${digest}`];
  if (verdict.policies.length === 0) lines.push('  no policy is about it', ...policies.flatMap(aboutLine));
  return [...lines, ...verdict.policies.flatMap(policyLines)];
}

/** So many patterns of a policy are told. */
const maxPatterns = 5;

function aboutLine({ name, images = [] }: ImagePolicy): string[] {
  if (images.length === 0) return [];
  const more = images.length > maxPatterns ? ` and ${images.length - maxPatterns} more` : '';
  const patterns = terminalSafe(images.slice(0, maxPatterns).join(', '));
  return [`    ${terminalSafe(name)} is about ${patterns}${more}`];
}

/** An image may run that a policy warns of, or that policies ask nothing of, and is not verified. */
function wordOf({ isAdmitted, isVerified, policies }: AdmissionVerdict): string {
  if (isVerified) return 'verified';
  if (!isAdmitted) return 'not verified';
  return policies.every(({ isPassed }) => isPassed)
    ? 'admitted without a signature, not verified'
    : 'admitted with a warning, not verified';
}

function policyLines({ policy, isPassed, parts, fault }: PolicyVerdict): string[] {
  const word = isPassed ? 'passed' : policy.mode === 'warn' ? 'not passed, which it warns of' : 'not passed';
  return [
    `  policy ${terminalSafe(policy.name)} (${policy.kind}): ${word}`,
    ...(fault === undefined ? [] : [`    ${faultText(fault)}`]),
    ...demandsLines(parts, isPassed).map((line) => `    ${line}`),
  ];
}

/** What became of the demands of something. What met it is enough where it is met, with what nobody judged: the rest is for programs. */
const demandsLines = (demands: readonly DemandVerdict[], isMet: boolean): string[] =>
  demands.filter((each) => each.isPassed || !isMet || isUnjudged(each)).flatMap(demandLines);

const isUnjudged = ({ fault, parts }: DemandVerdict): boolean =>
  (fault instanceof ImagePolicyError && fault.code === 'IMAGE_POLICY_UNSUPPORTED') || parts.some(isUnjudged);

function demandLines({ name, isPassed, isStatic, accepted, refused, fault, parts }: DemandVerdict): string[] {
  const word = isStatic && isPassed ? 'passed without a signature' : isPassed ? 'passed' : 'not passed';
  return [
    `${terminalSafe(name)}: ${word}`,
    ...(fault === undefined ? [] : [`  ${faultText(fault)}`]),
    ...accepted.flatMap(acceptedSignatureLines),
    ...(isPassed ? [] : refused.flatMap(refusedLines)),
    ...demandsLines(parts, isPassed).map((line) => `  ${line}`),
  ];
}

function acceptedSignatureLines(accepted: AcceptedSignature): string[] {
  if (accepted.kind === 'sigstore') return acceptedLines(accepted.signature);
  const { manifest, verdict } = accepted;
  return [`  signature ${manifest} (notation)`, ...notationLines(verdict).map((line) => `  ${line}`)];
}

/** The same for programs. */
export function admissionJson(images: readonly JudgedImage[], policies: readonly ImagePolicy[]) {
  return {
    warnings: policies.flatMap(({ name, warnings }) =>
      warnings.map((message) => ({ policy: name, message })),
    ),
    images: images.map(({ name, runBy, digest, verdict, fault }) => ({
      image: name,
      runBy,
      digest,
      verified: verdict?.isVerified === true,
      admitted: verdict?.isAdmitted === true,
      ...(fault === undefined ? {} : { fault: faultJson(fault) }),
      policies: verdict?.policies.map(policyJson),
    })),
  };
}

const policyJson = ({ policy, isPassed, parts, fault }: PolicyVerdict) => ({
  policy: policy.name,
  kind: policy.kind,
  mode: policy.mode,
  passed: isPassed,
  ...(fault === undefined ? {} : { fault: faultJson(fault) }),
  demands: parts.map(demandJson),
});

export interface DemandJson {
  readonly demands?: readonly DemandJson[];
}

const demandJson = ({
  name,
  isPassed,
  isStatic,
  fault,
  accepted,
  refused,
  parts,
}: DemandVerdict): DemandJson => ({
  ...{ demand: name, passed: isPassed },
  ...(isPassed && isStatic ? { static: true } : {}),
  ...(fault === undefined ? {} : { fault: faultJson(fault) }),
  ...{ accepted: accepted.map(acceptedSignatureJson), refused: refused.map(refusedJson) },
  ...(parts.length === 0 ? {} : { demands: parts.map(demandJson) }),
});

const acceptedSignatureJson = (accepted: AcceptedSignature) =>
  accepted.kind === 'sigstore'
    ? acceptedJson(accepted.signature)
    : { manifest: accepted.manifest, form: 'notation', ...notationJson(accepted.verdict) };
