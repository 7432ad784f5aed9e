import type { CheckDefinition } from '@keelson/checks';
import type { Framework } from '@keelson/compliance';
import { identifierSuggestion, suggestion } from '../suggest.ts';

/** What a check may name. */
export interface KnownNames {
  frameworks: readonly Framework[];
  checks: ReadonlySet<string>;
}

/** What a check names that there is not: such a name would be passed over in silence by every scan. */
export function referenceFaults({ controls, toldBy }: CheckDefinition, known: KnownNames): string[] {
  const ofControls = Object.entries(controls).flatMap(([name, ids]) =>
    controlFaults(name, ids, known.frameworks).map((fault) => `names no control: ${fault}`),
  );
  const ofTellers = toldBy
    .filter((id) => !known.checks.has(id))
    .map((id) => `toldBy: there is no check "${id}"${suggestion(id, known.checks)}`);
  return [...ofControls, ...ofTellers];
}

function controlFaults(name: string, ids: readonly string[], frameworks: readonly Framework[]): string[] {
  const framework = frameworks.find(({ id }) => id === name);
  if (framework === undefined) return [frameworkFault(name, frameworks)];
  const known = new Set(framework.controls.map(({ id }) => id));
  return ids
    .filter((id) => !known.has(id))
    .map((id) => `${name} has no "${id}"${identifierSuggestion(id, known)}`);
}

/** Checks name frameworks by id alone, as coverage looks them up. */
function frameworkFault(name: string, frameworks: readonly Framework[]): string {
  const alias = frameworks.find(({ aliases }) => aliases.includes(name));
  if (alias !== undefined) return `"${name}" is another name of ${alias.id}`;
  const profile = frameworks.find(({ profiles }) => profiles.some(({ id }) => id === name));
  if (profile !== undefined) return `"${name}" is a profile of ${profile.id}`;
  const ids = frameworks.map(({ id }) => id);
  return `there is no framework "${name}"${suggestion(name, ids)}`;
}
