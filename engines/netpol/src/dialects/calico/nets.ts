import type { JsonValue, Path } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import type { PolicyProblem } from '../../model/policy.ts';
import type { AddressRange } from '../../sets/addresses.ts';
import { cidrAt, listAt } from '../fields.ts';

/**
 * CIDRs or single addresses, as `nets` lists them.
 * @throws FieldFault
 */
export function netsAt(
  value: JsonValue | undefined,
  path: Path,
  resource: Resource,
  problems: PolicyProblem[],
): AddressRange[] | undefined {
  const warn = (at: Path, message: string) => {
    problems.push({ level: 'warning', resource, path: at, message });
  };
  return listAt(value, path)?.map((each, i) => cidrAt(each, [...path, i], { single: true, warn }));
}
