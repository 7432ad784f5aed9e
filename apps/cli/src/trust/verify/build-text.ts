import type { VerifiedBuild } from '@keelson/attestation';
import { terminalSafe } from '@keelson/report';
import { bundleJson, signatureLines } from '../verdict-text.ts';

/** A build on GitHub that is as asked for. */
export function buildLines({ builder, workflow, provenance, signature }: VerifiedBuild): readonly string[] {
  const { repository, sourceRef, sourceCommit, event } = workflow;
  return [
    `built by ${terminalSafe(idText(builder))}`,
    `from ${terminalSafe(`github.com/${repository}`)}, ${terminalSafe(sourceRef ?? 'no ref')}, commit ${terminalSafe(sourceCommit)}`,
    `started by ${terminalSafe(event)}, build type ${terminalSafe(provenance.buildType)}`,
    ...signatureLines(signature).map((line) => line.trimStart()),
  ];
}

/** The same for programs. */
export function buildJson({ builder, workflow, provenance, signature }: VerifiedBuild) {
  const { repository, sourceRef, sourceCommit, event } = workflow;
  return {
    builder: idText(builder),
    source: { repository: `github.com/${repository}`, ref: sourceRef, commit: sourceCommit },
    event,
    buildType: provenance.buildType,
    ...bundleJson(signature),
  };
}

export const idText = ({ name, version }: VerifiedBuild['builder']): string =>
  version === undefined ? name : `${name}@${version}`;
