import { type Diagnostic, RegoSyntaxError } from '@keelson/rego';
import { wordsWithoutNetwork } from './network.ts';

/** OPA's code and words of the first fault that `among` takes, else of the first; how many there are beside it. */
export function wordsOfFault(error: Error, among: (fault: Diagnostic) => boolean = () => true): string {
  if (!(error instanceof RegoSyntaxError)) return error.message;
  const taken = error.diagnostics.filter(among);
  const [first, ...others] = taken.length === 0 ? error.diagnostics : taken;
  if (first === undefined) return error.message;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return `${first.code}: ${wordsWithoutNetwork(first.message)}${more}`;
}
