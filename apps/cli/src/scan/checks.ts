import {
  type Check,
  type CheckDefinition,
  type CheckText,
  type JudgeInput,
  withParams,
} from '@keelson/checks';
import { type CheckMapping, checksOfCoverage } from '@keelson/compliance';
import type { JsonObject, KeelsonError } from '@keelson/core';
import { checkIds, loadChecks, loadCheckTexts } from '@keelson/pack-checks';
import { loadOwnChecks, noSuchCheck } from '../check-files.ts';
import { checkSettingFaults } from '../check-settings.ts';
import { CommandError } from '../errors.ts';
import type { FrameworkCoverage } from '../frameworks.ts';
import type { ScanOptions } from './options.ts';
import type { LoadedPolicies } from './policies.ts';

/** The checks of this run. */
export interface SelectedChecks {
  checks: readonly Check[];
  /** Ids of all checks that there are, asked or not. */
  known: ReadonlySet<string>;
  /** Ids of those that were asked, those with nothing to say about this input too. */
  asked: ReadonlySet<string>;
  /** The frameworks that the user named. */
  frameworks: readonly FrameworkCoverage[];
  /** Users' own, for their texts. */
  own: readonly CheckDefinition[];
  /** Texts of the users' policies. */
  policies: readonly CheckText[];
  /** Users' checks and policies that could not be read: exit 3, the others run. */
  problems: readonly KeelsonError[];
}

/**
 * Which checks the user wants: built-in ones and the user's own, less what is skipped. Calls and configuration
 * are looked at before anything is read; what to load depends on the input.
 * @throws CommandError USAGE for an id that no check has
 */
export async function selectChecks(
  options: Pick<ScanOptions, 'checks' | 'policies' | 'only' | 'skip' | 'fix' | 'frameworks'>,
  settings: ReadonlyMap<string, JsonObject> = new Map(),
): Promise<(input: JudgeInput) => Promise<SelectedChecks>> {
  const own = loadOwnChecks(options.checks);
  const idsOfChecks = new Set([...checkIds, ...own.checks.map(({ id }) => id)]);
  const policies = await policiesOf(options.policies, idsOfChecks);
  const known = new Set([...idsOfChecks, ...policies.checks.map(({ id }) => id)]);
  const problems = [...own.problems, ...policies.problems];
  for (const id of [...options.only, ...options.skip, ...(options.fix ?? []), ...settings.keys()]) {
    // A check of the user's that could not be read is told as such, not as one that is not there.
    if (known.has(id) || problems.length > 0) continue;
    throw new CommandError('USAGE', noSuchCheck(id, known));
  }
  const [fault] = await checkSettingFaults(settings, own.definitions);
  if (fault !== undefined)
    throw new CommandError('CONFIG_INVALID', `scan.settings.${fault.check}: ${fault.message}`);
  const only = new Set(options.only);
  const skip = new Set(options.skip);
  const frameworks = await frameworksOf(options.frameworks, own.definitions);
  const judging = new Set(frameworks.flatMap(({ coverage }) => [...checksOfCoverage(coverage)]));
  // Policies are asked for by name already: no framework leaves them out.
  const policyIds = new Set(policies.checks.map(({ id }) => id));
  const isWanted = (id: string) =>
    (only.size === 0 || only.has(id)) &&
    !skip.has(id) &&
    (frameworks.length === 0 || judging.has(id) || policyIds.has(id));
  return async (input) => ({
    checks: [...(await loadChecks(input)), ...own.checks, ...policies.checks]
      .filter(({ id }) => isWanted(id))
      .map((check) => withParams(check, settings.get(check.id))),
    known,
    asked: new Set([...known].filter(isWanted)),
    frameworks,
    own: own.definitions,
    policies: policies.texts,
    problems,
  });
}

/** The users' policies; the languages that they are in are loaded only where there are some. */
async function policiesOf(paths: readonly string[], taken: ReadonlySet<string>): Promise<LoadedPolicies> {
  if (paths.length === 0) return { checks: [], texts: [], problems: [] };
  const { loadPolicies } = await import('./policies.ts');
  const policies = loadPolicies(paths, taken);
  if (policies.checks.length === 0 && policies.problems.length === 0)
    throw new CommandError('USAGE', `--policy ${paths.join(', ')}: there is no policy that judges objects`);
  return policies;
}

/** Which controls each check judges: those that keelson brings, and the user's own. */
export async function checkMappings(own: readonly CheckDefinition[]): Promise<CheckMapping[]> {
  return [...(await loadCheckTexts()).values(), ...own];
}

async function frameworksOf(
  names: readonly string[],
  own: readonly CheckDefinition[],
): Promise<readonly FrameworkCoverage[]> {
  if (names.length === 0) return [];
  const { namedFrameworks } = await import('../frameworks.ts');
  return namedFrameworks(names, await checkMappings(own));
}
