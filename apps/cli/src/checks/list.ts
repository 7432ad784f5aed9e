import type { CheckText } from '@keelson/checks';
import { severities } from '@keelson/evidence';
import { reportError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { choiceOf, commonFlags, listOf } from '../flag-values.ts';
import { writeResult } from '../result.ts';
import { tableLines, tableWidth } from '../table.ts';
import { defineVerb } from '../verb.ts';
import { idsOfFrameworks, loadCatalog } from './catalog.ts';

const formats = ['terminal', 'json'] as const;
const targets = ['kubernetes', 'dockerfile'] as const;

const flags = {
  ...commonFlags,
  framework: { type: 'string', multiple: true, value: 'framework', list: true },
  severity: { type: 'string', value: { choices: severities } },
  category: { type: 'string' },
  target: { type: 'string', value: { choices: targets } },
  checks: { type: 'string', multiple: true, value: 'folder' },
  format: { type: 'string', short: 'f', value: { choices: formats } },
} as const;

const help = `keelson checks list: list checks, all or some

Usage: keelson checks list [options] [WORD...]

With words, only checks whose id or title holds all of them are listed.

      --framework NAME,...  those that judge a control of the framework
      --severity SEVERITY   those of this severity or worse
      --category NAME       those of one category
      --target TARGET       kubernetes or dockerfile
      --checks DIR          your own checks too
  -f, --format FORMAT       terminal (default) or json
  -o, --output FILE         write to FILE instead of stdout
  -q, --quiet               nothing but the list

Examples:
  keelson checks list host
  keelson checks list --framework pss-restricted --severity high
`;

/** `keelson checks list`. */
export const { run, usage } = defineVerb({ flags, help }, async ({ values, positionals }) => {
  const format = choiceOf('format', values.format, formats) ?? 'terminal';
  const least = choiceOf('severity', values.severity, severities) ?? 'info';
  const target = choiceOf('target', values.target, targets);
  const { texts, problems } = await loadCatalog(values.checks ?? []);
  for (const problem of problems) reportError(problem, false);
  const ids = await idsOfFrameworks(listOf(values.framework), texts);
  const words = positionals.map((word) => word.toLowerCase());
  const found = texts.filter(
    (text) =>
      (ids === undefined || ids.has(text.id)) &&
      severities.indexOf(text.severity) <= severities.indexOf(least) &&
      (target === undefined || text.target === target) &&
      (values.category === undefined || text.category === values.category) &&
      words.every((word) => `${text.id} ${text.title}`.toLowerCase().includes(word)),
  );
  writeResult(
    values.output,
    format === 'json' ? `${JSON.stringify(found.map(entry), null, 2)}\n` : listText(found),
  );
  return problems.length > 0 ? exitCodes.unreadable : exitCodes.done;
});

function entry({ id, title, severity, target, category, controls, aliases, references }: CheckText) {
  return { id, title, severity, target, category, controls, aliases, references };
}

function listText(found: readonly CheckText[]): string {
  if (found.length === 0) return 'No check fits.\n';
  const rows = found.map(({ id, severity, category, title }) => [id, severity, category, title]);
  const lines = tableLines(['check', 'severity', 'category', 'what it finds'], rows, tableWidth());
  return `${lines.join('\n')}\n\n${found.length} check${found.length === 1 ? '' : 's'}.\n`;
}
