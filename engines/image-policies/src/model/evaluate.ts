import type { DemandVerdict } from './demands.ts';
import { judgeSet } from './demands.ts';
import type { ImageToJudge } from './evidence.ts';
import type { ImagePolicy } from './policy.ts';

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
  const isAdmitted =
    verdicts.length > 0 && verdicts.every(({ isPassed, policy }) => isPassed || policy.mode === 'warn');
  return { isAdmitted, policies: verdicts };
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
