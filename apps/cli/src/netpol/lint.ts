import { type LintFinding, type LintSeverity, lint, lintRules, networkPlugins } from '@keelson/netpol';
import { terminalSafe } from '@keelson/report';
import { CommandError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { choiceOf, commonFlags, listOf } from '../flag-values.ts';
import { writeResult } from '../result.ts';
import { tell } from '../stderr.ts';
import { suggestion } from '../suggest.ts';
import { tableLines, tableWidth } from '../table.ts';
import { defineVerb } from '../verb.ts';
import { objectText, placeOf, readResources } from './input.ts';

const formats = ['txt', 'json'] as const;
const severities = ['high', 'medium', 'low', 'info'] as const satisfies readonly LintSeverity[];
const thresholds = [...severities, 'none'] as const;
const ruleIds = lintRules.map(({ id }) => id);

const flags = {
  ...commonFlags,
  format: { type: 'string', short: 'f', value: { choices: formats } },
  only: { type: 'string', multiple: true, list: true, value: { choices: ruleIds } },
  skip: { type: 'string', multiple: true, list: true, value: { choices: ruleIds } },
  rules: { type: 'boolean' },
  plugin: { type: 'string', value: { choices: networkPlugins } },
  'fail-on': { type: 'string', value: { choices: thresholds } },
} as const;

const help = `keelson netpol lint: find mistakes in policies, and what they lack

Usage: keelson netpol lint [options] PATH...

PATH is a file, folder, archive, chart or kustomization, or - for stdin, with the workloads beside their policies: what
selects nothing, is open to all or is redundant is told of those.

  --rules              list the rules and what each finds
  --only RULE,...      only these rules
  --skip RULE,...      not these rules
  --plugin NAME        the network plugin of the cluster, to find policies that it does not enforce:
                       ${networkPlugins.join(', ')}
  --fail-on SEVERITY   exit 1 at findings of this severity or above: ${thresholds.join(', ')}; high unless said
  -f, --format FORMAT  txt (default) or json
  -o, --output FILE    write to FILE instead of stdout
  -q, --quiet          no progress

Exit: 0 done, 1 findings as --fail-on says, 2 wrong call, 3 a file could not be read, or a rule of --only not be asked.

Examples:
  keelson netpol lint deploy/
  keelson netpol lint deploy/ --skip pod-without-egress-policy --fail-on medium
  keelson netpol lint --rules
`;

/** `keelson netpol lint`. */
export const { run, usage } = defineVerb(
  { flags, help, operands: 'file' },
  async ({ values, positionals }) => {
    const format = choiceOf('format', values.format, formats) ?? 'txt';
    const failOn = choiceOf('fail-on', values['fail-on'], thresholds) ?? 'high';
    if (values.rules === true) {
      writeResult(values.output, rulesText(format));
      return exitCodes.done;
    }
    const rules = chosenRules(listOf(values.only), listOf(values.skip));
    const { resources, isPartial } = await readResources(positionals, values);
    if (resources.length === 0 && !isPartial)
      throw new CommandError('USAGE', `there is no object in ${positionals.join(', ')}`);
    const name = choiceOf('plugin', values.plugin, networkPlugins);
    const plugin = name === undefined ? {} : { plugin: name };
    const { findings, left } = lint(resources, { rules, ...plugin });
    for (const { rule, reason } of left) tell(`note: ${rule} was not asked: ${reason}`);
    writeResult(values.output, format === 'json' ? jsonText(findings) : findingsText(findings));
    // Who names a rule wants its answer.
    const only = listOf(values.only);
    if (isPartial || left.some(({ rule }) => only.includes(rule))) return exitCodes.unreadable;
    const isFault = findings.some(({ severity }) => isAtLeast(severity, failOn));
    return isFault ? exitCodes.findings : exitCodes.done;
  },
);

/** @throws CommandError USAGE for a rule that there is not */
function chosenRules(only: readonly string[], skip: readonly string[]): string[] {
  for (const id of [...only, ...skip]) {
    if (!ruleIds.includes(id))
      throw new CommandError('USAGE', `there is no rule ${id}${suggestion(id, ruleIds)}`);
  }
  return ruleIds.filter((id) => (only.length === 0 || only.includes(id)) && !skip.includes(id));
}

function isAtLeast(severity: LintSeverity, threshold: (typeof thresholds)[number]): boolean {
  return threshold !== 'none' && severities.indexOf(severity) <= severities.indexOf(threshold);
}

function findingsText(findings: readonly LintFinding[]): string {
  const lines = findings.flatMap(({ rule, severity, resource, path, message, fix }) => [
    `${placeOf(resource, path)}: ${severity}[${rule}]: ${objectText(resource)}: ${message}`,
    ...(fix === undefined ? [] : [`  fix: ${fix.description}`]),
  ]);
  const count = findings.length === 1 ? '1 finding' : `${findings.length} findings`;
  return `${[...lines, count].map(terminalSafe).join('\n')}\n`;
}

function jsonText(findings: readonly LintFinding[]): string {
  const records = findings.map(({ rule, severity, resource, path, message, fix }) => {
    const { file, line, column } = resource.origin.locate(path);
    const { kind, name, namespace } = resource;
    return {
      rule,
      severity,
      message,
      object: { kind, namespace, name },
      location: { file, line, column },
      path,
      fix,
    };
  });
  return `${JSON.stringify(records, undefined, 2)}\n`;
}

function rulesText(format: (typeof formats)[number]): string {
  const rules = lintRules.map(({ id, severity, title }) => ({ id, severity, title }));
  if (format === 'json') return `${JSON.stringify(rules, undefined, 2)}\n`;
  const rows = rules.map(({ id, severity, title }) => [id, severity, title]);
  return `${tableLines(['rule', 'severity', 'what it finds'], rows, tableWidth()).join('\n')}\n`;
}
