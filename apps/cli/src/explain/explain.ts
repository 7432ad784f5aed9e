import { type CheckText, foreignIdForm } from '@keelson/checks';
import { loadCheckDefinitions } from '@keelson/pack-checks';
import { loadCatalog } from '../checks/catalog.ts';
import { CommandError, reportError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { choiceOf, commonFlags } from '../flag-values.ts';
import { allFrameworks } from '../frameworks.ts';
import { writeResult } from '../result.ts';
import { suggestion } from '../suggest.ts';
import { defineVerb } from '../verb.ts';
import { controlsOf, explainCheck } from './check-text.ts';
import { remedies } from './remedies.ts';

const formats = ['terminal', 'json'] as const;

const flags = {
  ...commonFlags,
  checks: { type: 'string', multiple: true, value: 'folder' },
  format: { type: 'string', short: 'f', value: { choices: formats } },
} as const;

const help = `keelson explain: tell all about a check, another tool's check or an error code

Usage: keelson explain [options] NAME...

NAME is the id of a check, the id that Trivy, Checkov, Kubescape, KICS, kube-linter, kube-score, Polaris or hadolint gives to the
same concern, or a code that an error message ends with.

      --checks DIR     your own checks too
  -f, --format FORMAT  terminal (default) or json
  -o, --output FILE    write to FILE instead of stdout
  -q, --quiet          nothing but the result

Examples:
  keelson explain privileged-container
  keelson explain CKV_K8S_16
  keelson explain YAML_ALIAS
`;

/** `keelson explain`. */
export const { run, usage } = defineVerb(
  { flags, help, operands: 'check' },
  async ({ values, positionals }) => {
    if (positionals.length === 0) throw new CommandError('USAGE', 'name a check');
    const format = choiceOf('format', values.format, formats) ?? 'terminal';
    const { texts, own, problems } = await loadCatalog(values.checks ?? []);
    for (const problem of problems) reportError(problem, false);
    const codes: ExplainedCode[] = [];
    const ids = new Set<string>();
    for (const name of positionals) {
      const found = idsOf(name, texts);
      for (const id of found) ids.add(id);
      if (found.length > 0) continue;
      const known = await codeOf(name);
      if (known === undefined) {
        const near = await nearestTo(name, texts);
        throw new CommandError('USAGE', `there is no check and no error code "${name}"${near}`);
      }
      codes.push(known);
    }
    const definitions = [
      ...(await loadCheckDefinitions(ids)).values(),
      ...own.filter(({ id }) => ids.has(id)),
    ];
    const frameworks = definitions.length === 0 ? [] : await allFrameworks(texts);
    if (format === 'json') {
      const checks = definitions.map((item) => ({ ...item, controls: controlsOf(item.id, frameworks) }));
      writeResult(values.output, `${JSON.stringify([...checks, ...codes], null, 2)}\n`);
    } else {
      const parts = [
        ...codes.map(({ code, meaning, remedy }) =>
          [`${code}: ${meaning}`, ...(remedy === undefined ? [] : [`What to do: ${remedy}`]), ''].join('\n'),
        ),
        ...definitions.map((item) => explainCheck(item, controlsOf(item.id, frameworks))),
      ];
      writeResult(values.output, parts.join('\n'));
    }
    return problems.length > 0 ? exitCodes.unreadable : exitCodes.done;
  },
);

/** Our checks of a name: the check of that id, or all that have the concern that another tool gives this id. */
function idsOf(name: string, texts: readonly CheckText[]): string[] {
  if (texts.some(({ id }) => id === name)) return [name];
  const wanted = foreignIdForm(name).toLowerCase();
  return texts
    .filter(({ aliases }) =>
      Object.values(aliases).some((ids) => ids.some((id) => foreignIdForm(id).toLowerCase() === wanted)),
    )
    .map(({ id }) => id);
}

interface ExplainedCode {
  readonly code: string;
  readonly meaning: string;
  readonly remedy?: string;
}

/** The check or the error code whose name is the nearest, for the message. */
async function nearestTo(name: string, texts: readonly CheckText[]): Promise<string> {
  const { errorTables } = await import('../error-tables.ts');
  const codes = errorTables.flatMap(([, table]) => Object.keys(table));
  const ids = texts.map(({ id }) => id);
  return suggestion(name, ids) || suggestion(name, codes) || suggestion(name.toUpperCase(), codes);
}

/**
 * Error codes, and rules of the netpol lint that no scan asks. Codes are upper case, but for those of Rego, which are OPA's.
 */
async function codeOf(name: string): Promise<ExplainedCode | undefined> {
  const { errorTables } = await import('../error-tables.ts');
  for (const [, table] of errorTables) {
    const code = [name.toUpperCase(), name.toLowerCase()].find((each) => Object.hasOwn(table, each));
    const meaning = code === undefined ? undefined : table[code];
    if (code === undefined || meaning === undefined) continue;
    const remedy = Object.hasOwn(remedies, code) ? remedies[code] : undefined;
    return { code, meaning, ...(remedy === undefined ? {} : { remedy }) };
  }
  const { lintRules } = await import('@keelson/netpol');
  const rule = lintRules.find(({ id }) => id === name);
  return rule && { code: rule.id, meaning: `${rule.title} (keelson netpol lint, ${rule.severity})` };
}
