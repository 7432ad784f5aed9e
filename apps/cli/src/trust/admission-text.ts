import type { AuthorityVerdict, ImagePolicy, PolicyVerdict } from '@keelson/image-policies';
import { terminalSafe } from '@keelson/report';
import type { JudgedImage } from './admission.ts';
import { faultJson, faultText } from './fault-text.ts';
import { acceptedJson, acceptedLines, refusedJson, refusedLines } from './verdict-text.ts';

/** What policies say to each image, for people. */
export function admissionText(images: readonly JudgedImage[], looser: readonly ImagePolicy[]): string {
  const lines = looser.flatMap(({ name, warnings }) =>
    warnings.map((warning) => `warning: policy ${terminalSafe(name)}: ${terminalSafe(warning)}`),
  );
  for (const image of images) lines.push(...imageLines(image));
  return `${lines.join('\n')}\n`;
}

function imageLines({ name, runBy, digest, verdict, fault }: JudgedImage): string[] {
  const what = `${terminalSafe(name)}${runBy === undefined ? '' : `, run by ${terminalSafe(runBy)}`}`;
  if (verdict === undefined)
    return [`${what}: not judged`, ...(fault === undefined ? [] : [`  ${faultText(fault)}`])];
  const lines = [`${what}: ${verdict.isAdmitted ? 'verified' : 'not verified'}`, `  digest: ${digest}`];
  if (verdict.policies.length === 0) lines.push('  no policy is about it');
  return [...lines, ...verdict.policies.flatMap(policyLines)];
}

function policyLines({ policy, isPassed, authorities, fault }: PolicyVerdict): string[] {
  const word = isPassed ? 'passed' : policy.mode === 'warn' ? 'not passed, which it warns of' : 'not passed';
  return [
    `  policy ${terminalSafe(policy.name)} (${policy.kind}): ${word}`,
    ...(fault === undefined ? [] : [`    ${faultText(fault)}`]),
    ...authorities.flatMap(authorityLines).map((line) => `    ${line}`),
  ];
}

function authorityLines({ name, isPassed, isStatic, accepted, refused, fault }: AuthorityVerdict): string[] {
  const word = isStatic && isPassed ? 'passed without a signature' : isPassed ? 'passed' : 'not passed';
  return [
    `authority ${terminalSafe(name)}: ${word}`,
    ...(fault === undefined ? [] : [`  ${faultText(fault)}`]),
    ...accepted.flatMap(acceptedLines),
    ...refused.flatMap(refusedLines),
  ];
}

/** The same for programs. */
export function admissionJson(images: readonly JudgedImage[], looser: readonly ImagePolicy[]) {
  return {
    warnings: looser.flatMap(({ name, warnings }) => warnings.map((message) => ({ policy: name, message }))),
    images: images.map(({ name, runBy, digest, verdict, fault }) => ({
      image: name,
      runBy,
      digest,
      verified: verdict?.isAdmitted === true,
      ...(fault === undefined ? {} : { fault: faultJson(fault) }),
      policies: verdict?.policies.map(policyJson),
    })),
  };
}

const policyJson = ({ policy, isPassed, authorities, fault }: PolicyVerdict) => ({
  policy: policy.name,
  kind: policy.kind,
  mode: policy.mode,
  passed: isPassed,
  ...(fault === undefined ? {} : { fault: faultJson(fault) }),
  authorities: authorities.map((authority) => ({
    authority: authority.name,
    passed: authority.isPassed,
    ...(authority.isStatic ? { static: true } : {}),
    ...(authority.fault === undefined ? {} : { fault: faultJson(authority.fault) }),
    accepted: authority.accepted.map(acceptedJson),
    refused: authority.refused.map(refusedJson),
  })),
});
