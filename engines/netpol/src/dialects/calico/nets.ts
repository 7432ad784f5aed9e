import { isKeelsonError, type JsonValue, type Path } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import type { PolicyProblem } from '../../model/policy.ts';
import { type AddressRange, type ParsedCidr, parseCidr } from '../../sets/addresses.ts';
import { FieldFault, listAt, textAt } from '../fields.ts';

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
  return listAt(value, path)?.map((each, i) => {
    const at = [...path, i];
    const range = netAt(textAt(each, at) ?? '', at);
    if (range.hasHostBits)
      problems.push({
        level: 'warning',
        resource,
        path: at,
        message: 'has bits beyond its prefix, which do not count',
      });
    return range;
  });
}

function netAt(text: string, path: Path): ParsedCidr {
  try {
    return parseCidr(text, true);
  } catch (error) {
    throw isKeelsonError(error) ? new FieldFault(path, error.message) : error;
  }
}
