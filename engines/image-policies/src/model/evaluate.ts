import { ImagePolicyError } from '../errors.ts';
import { hasSignature, judgeSet } from './demands.ts';
import type { ImageToJudge } from './evidence.ts';
import type { ImagePolicy } from './policy.ts';
import type { DemandVerdict } from './verdict.ts';

export interface PolicyVerdict {
  readonly policy: ImagePolicy;
  readonly isPassed: boolean;
  /** What became of each of its demands. */
  readonly parts: readonly DemandVerdict[];
  /** Why it did not pass, where its demands do not say that themselves. */
  readonly fault?: Error;
}

export interface AdmissionVerdict {
  /** True where at least one policy is about the image, and it passes all of them that are not for warning alone. */
  readonly isAdmitted: boolean;
  /** True where it passes every policy that is about it, those that only warn too, and one of them by a signature. */
  readonly isVerified: boolean;
  readonly policies: readonly PolicyVerdict[];
}

/** The verdict of all policies for one image: all that are about it count. No policy is no admission. */
export async function admitImage(
  image: ImageToJudge,
  policies: readonly ImagePolicy[],
): Promise<AdmissionVerdict> {
  const verdicts: PolicyVerdict[] = [];
  for (const policy of policies)
    if (policy.isAbout(image.name, image.workload)) verdicts.push(await judgePolicy(image, policy));
  const isSigned = verdicts.some(({ isPassed, parts }) => isPassed && parts.some(hasSignature));
  const judged = verdicts.map((verdict) => (isSigned ? verdict : withoutSignature(verdict)));
  const isAdmitted =
    judged.length > 0 && judged.every(({ isPassed, policy }) => isPassed || policy.mode === 'warn');
  const isVerified = isAdmitted && isSigned && judged.every(({ isPassed }) => isPassed);
  return { isAdmitted, isVerified, policies: judged };
}

/** What becomes of a verdict where no policy has verified a signature. */
function withoutSignature(verdict: PolicyVerdict): PolicyVerdict {
  if (verdict.policy.requiresSignature !== true || !verdict.isPassed) return verdict;
  const reason = 'the image has to be verified, and no policy has verified a signature of it';
  return { ...verdict, isPassed: false, fault: new ImagePolicyError('IMAGE_POLICY_REFUSED', reason) };
}

async function judgePolicy(image: ImageToJudge, policy: ImagePolicy): Promise<PolicyVerdict> {
  const { isPassed, parts, fault } = await judgeSet(image, policy.demands);
  const broken = isPassed ? policy.rule?.(parts, image) : fault;
  return {
    policy,
    isPassed: isPassed && broken === undefined,
    parts,
    ...(broken === undefined ? {} : { fault: broken }),
  };
}
