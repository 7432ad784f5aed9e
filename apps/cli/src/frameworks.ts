import { readFileSync } from 'node:fs';
import {
  type CheckMapping,
  type ControlCoverage,
  coverageBy,
  type Framework,
  readFrameworks,
} from '@keelson/compliance';
import { frameworkNames, loadFramework, loadFrameworks } from '@keelson/pack-frameworks';
import { CommandError, reasonOf, reportError } from './errors.ts';
import { identifierSuggestion, suggestion } from './suggest.ts';

/** A framework and the checks that judge each of its controls. */
export interface FrameworkCoverage {
  framework: Framework;
  coverage: readonly ControlCoverage[];
}

/**
 * The frameworks that a user names: ids, aliases and profiles of those that keelson brings, or files of the user's own.
 * @throws CommandError USAGE for a name that no framework has; the errors of a file
 */
export async function namedFrameworks(
  names: readonly string[],
  mappings: readonly CheckMapping[],
): Promise<FrameworkCoverage[]> {
  const found: FrameworkCoverage[] = [];
  const cover = coverageBy(mappings);
  for (const name of names) {
    const frameworks = /\.ya?ml$/.test(name)
      ? await ownFrameworks(name, mappings)
      : [await broughtFramework(name)];
    for (const framework of frameworks) {
      if (found.some((other) => other.framework.id === framework.id)) continue;
      found.push({ framework, coverage: cover(framework) });
    }
  }
  return found;
}

/** Every framework that keelson brings. */
export async function allFrameworks(mappings: readonly CheckMapping[]): Promise<FrameworkCoverage[]> {
  const frameworks = await loadFrameworks();
  const cover = coverageBy(mappings);
  return frameworks.map((framework) => ({ framework, coverage: cover(framework) }));
}

async function broughtFramework(name: string): Promise<Framework> {
  const framework = await loadFramework(name);
  if (framework !== undefined) return framework;
  const near = suggestion(name, frameworkNames);
  throw new CommandError(
    'USAGE',
    `there is no framework "${name}"${near}; there are ${frameworkNames.join(', ')}, and your own as FILE.yaml`,
  );
}

async function ownFrameworks(file: string, mappings: readonly CheckMapping[]): Promise<Framework[]> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandError('USAGE', `framework ${file}: ${reasonOf(error)}`, { cause: error });
  }
  const { frameworks, problems } = readFrameworks([{ file, text }], {
    frameworks: await loadFrameworks(),
    checks: new Set(mappings.map(({ id }) => id)),
    suggest: identifierSuggestion,
  });
  const last = problems.pop();
  for (const problem of problems) reportError(problem, false);
  if (last !== undefined) throw last;
  if (frameworks.length === 0) throw new CommandError('USAGE', `framework ${file}: it holds none`);
  return frameworks;
}
