import { type BuiltinContext, type BuiltinError, builtinError } from './builtin.ts';
import type { BuiltinHost } from './host.ts';
import { limitError } from './operands.ts';

/** Whether a name is on a list of hosts. */
export function isListed(name: string, hosts: readonly string[]): boolean {
  return hosts.some((allowed) => allowed.toLowerCase() === name.toLowerCase());
}

/** The error of a host that may not be reached. */
export function disallowedHost(name: string, host: BuiltinHost): BuiltinError {
  const hint = host.howToAllow?.(name);
  return builtinError(`disallowed host: ${name}${hint === undefined ? '' : ` (${hint})`}`);
}

class RequestCount {
  value = 0;
}

/** Counts an exchange over the network against the limit of the evaluation. */
export function countRequest({ cache, limits }: BuiltinContext): void {
  const known = cache.get('network');
  const count = known instanceof RequestCount ? known : new RequestCount();
  cache.set('network', count);
  count.value += 1;
  if (count.value > limits.maxRequests) throw limitError('maxRequests', limits.maxRequests);
}
