import { CheckError, type ProgramContext, type Violation } from '@keelson/checks';
import type { Path } from '@keelson/core';
import { mappingAt, textAt, titleOf } from '../fields.ts';
import type { Program } from '../program.ts';

/**
 * Objects of API versions that Kubernetes no longer serves. The table is the check's parameter `removed`:
 * `group/version Kind` or `group/version *` → the release that dropped it and what to write instead.
 */
export const removedApiVersion: Program = (context) => listed(context, 'removed', 'was removed in');

/** Objects of API versions that are still served but deprecated; the table is the parameter `deprecated`. */
export const deprecatedApiVersion: Program = (context) =>
  listed(context, 'deprecated', 'is deprecated since');

function* listed({ resources, params }: ProgramContext, name: string, verb: string): Iterable<Violation> {
  const table = mappingAt(params, [name]);
  if (table === undefined) throw new CheckError('CHECK_DEFINITION', `params has no table "${name}"`);
  for (const resource of resources) {
    const { apiVersion, kind } = resource;
    const entry = mappingAt(table, [`${apiVersion} ${kind}`]) ?? mappingAt(table, [`${apiVersion} *`]);
    if (entry === undefined) continue;
    const instead = textAt(entry, ['instead']);
    const advice = instead === undefined ? '' : `: write ${instead}`;
    const path: Path = ['apiVersion'];
    const message = `${titleOf(resource)} uses ${apiVersion}, which ${verb} Kubernetes ${textAt(entry, ['release']) ?? '?'}${advice}`;
    yield { subject: resource, path, message };
  }
}
