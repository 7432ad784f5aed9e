import { existsSync, statSync } from 'node:fs';
import { foreignIdForm } from '@keelson/checks';
import { isKeelsonError, type KeelsonError, type Path } from '@keelson/core';
import { terminalSafe } from '@keelson/report';
import { aliasTable } from '../aliases.ts';
import { noSuchCheck } from '../check-files.ts';
import { checkSettingFaults } from '../check-settings.ts';
import { loadCatalog } from '../checks/catalog.ts';
import { defaultConfigurationFile, type InspectedConfiguration, inspectConfiguration } from '../config.ts';
import { CommandError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { choiceOf, commonFlags } from '../flag-values.ts';
import { namedFrameworks } from '../frameworks.ts';
import { writeResult } from '../result.ts';
import { defineVerb } from '../verb.ts';

const formats = ['terminal', 'json'] as const;

const flags = {
  ...commonFlags,
  format: { type: 'string', short: 'f', value: { choices: formats } },
} as const;

const help = `keelson config check: tell everything that is wrong in keelson.yaml

Usage: keelson config check [options] [FILE]

FILE is ./keelson.yaml unless named. Fields, values, dates, checks, frameworks and folders that it names are looked at; editors find
the JSON Schema in docs/schemas/keelson.schema.json.

  -f, --format FORMAT  terminal (default) or json
  -o, --output FILE    write to FILE instead of stdout
  -q, --quiet          nothing when all is well

Exit: 0 all is well, 2 something is wrong.

Examples:
  keelson config check
  keelson config check ci/keelson.yaml
`;

/** `keelson config check`. */
export const { run, usage } = defineVerb(
  { flags, help, operands: 'file' },
  async ({ values, positionals }) => {
    const [file = defaultConfigurationFile, ...others] = positionals;
    if (others.length > 0) throw new CommandError('USAGE', 'one file at a time');
    if (!existsSync(file)) throw new CommandError('USAGE', `there is no ${file} here`);
    const inspected = inspectConfiguration(file);
    const faults = [...inspected.faults, ...(await referenceFaults(inspected))];
    const inOrder = faults.toSorted(
      ({ location: a }, { location: b }) =>
        (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0),
    );
    const lines = inOrder.map((fault) => `${terminalSafe(fault.format())}\n`);
    if (faults.length === 0 && values.quiet !== true) lines.push(`${terminalSafe(file)} is in order\n`);
    const entries = inOrder.map(({ code, message, location }) => ({ code, message, location }));
    const isJson = choiceOf('format', values.format, formats) === 'json';
    writeResult(values.output, isJson ? `${JSON.stringify(entries, null, 2)}\n` : lines.join(''));
    return faults.length > 0 ? exitCodes.usage : exitCodes.done;
  },
);

async function loadPoliciesOf(paths: readonly string[], taken: ReadonlySet<string>) {
  if (paths.length === 0) return { checks: [], problems: [] };
  const { loadPolicies } = await import('../scan/policies.ts');
  return loadPolicies(paths, taken);
}

/** Checks, frameworks and folders that the configuration names and that there are not. */
async function referenceFaults({ configuration, locate }: InspectedConfiguration): Promise<KeelsonError[]> {
  const faults: KeelsonError[] = [];
  const fault = (path: Path, message: string) => {
    const location = locate(path);
    faults.push(new CommandError('CONFIG_INVALID', message, location === undefined ? {} : { location }));
  };
  const foldersOf = (field: 'checks' | 'policies') =>
    configuration[field].filter((folder, i) => {
      const isThere = statSync(folder, { throwIfNoEntry: false }) !== undefined;
      if (!isThere) fault(['scan', field, i], `${folder}: no such file or folder`);
      return isThere;
    });
  const folders = foldersOf('checks');
  const { texts, own, problems } = await loadCatalog(folders);
  faults.push(...problems);
  const ids = new Set(texts.map(({ id }) => id));
  const policies = await loadPoliciesOf(foldersOf('policies'), ids);
  faults.push(...policies.problems);
  for (const { id } of policies.checks) ids.add(id);
  const unknownCheck = (id: string, path: Path) => {
    if (!ids.has(id)) fault(path, noSuchCheck(id, ids));
  };
  for (const field of ['only', 'skip'] as const) {
    for (const [i, id] of configuration[field].entries()) unknownCheck(id, ['scan', field, i]);
  }
  for (const id of configuration.settings.keys()) unknownCheck(id, ['scan', 'settings', id]);
  for (const [i, id] of configuration.only.entries()) {
    if (configuration.skip.includes(id)) fault(['scan', 'only', i], `${id} stands in skip as well`);
  }
  for (const { check, setting, message } of await checkSettingFaults(configuration.settings, own))
    fault(['scan', 'settings', check, setting], message);
  for (const [i, name] of configuration.frameworks.entries()) {
    await namedFrameworks([name], texts).catch((error: unknown) => {
      if (!isKeelsonError(error)) throw error;
      if (error.location !== undefined) faults.push(error);
      else fault(['scan', 'frameworks', i], error.message);
    });
  }
  const aliases = configuration.exceptions.length === 0 ? undefined : await aliasTable();
  for (const { rules, location } of configuration.exceptions) {
    for (const rule of rules) {
      if (rule === '*' || ids.has(rule)) continue;
      if ([rule, foreignIdForm(rule)].some((id) => aliases?.has(`:${id}`))) continue;
      faults.push(
        new CommandError(
          'CONFIG_INVALID',
          noSuchCheck(rule, ids),
          location === undefined ? {} : { location },
        ),
      );
    }
  }
  return faults;
}
