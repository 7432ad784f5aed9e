import { type ControlState, controlStates, countStates } from '@keelson/compliance';
import { terminalSafe } from '@keelson/report';
import { reportError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { choiceOf, commonFlags } from '../flag-values.ts';
import { allFrameworks, type FrameworkCoverage, namedFrameworks } from '../frameworks.ts';
import { writeResult } from '../result.ts';
import { tableLines, tableWidth } from '../table.ts';
import { defineVerb } from '../verb.ts';
import { loadCatalog } from './catalog.ts';

const formats = ['terminal', 'json'] as const;

const flags = {
  ...commonFlags,
  state: { type: 'string', value: { choices: controlStates } },
  checks: { type: 'string', multiple: true, value: 'folder' },
  format: { type: 'string', short: 'f', value: { choices: formats } },
} as const;

const help = `keelson checks coverage: list every control of a framework and the checks that judge it

Usage: keelson checks coverage [options] [FRAMEWORK...]

Without a name, all frameworks and how many of their controls checks judge. FRAMEWORK is an id, an alias or a profile, or a file of
your own (docs/frameworks-format.md).

      --state STATE    only controls in this state: ${controlStates.join(', ')}
      --checks DIR     your own checks too
  -f, --format FORMAT  terminal (default) or json
  -o, --output FILE    write to FILE instead of stdout
  -q, --quiet          nothing but the result

automated: checks judge it. partial: checks judge a part, a person the rest. manual: a person, and what to collect is told.
not-applicable: nothing that keelson reads can speak of it. uncovered: neither, which is a gap.

Examples:
  keelson checks coverage
  keelson checks coverage cis --state manual
`;

/** `keelson checks coverage`. */
export const { run, usage } = defineVerb(
  { flags, help, operands: 'framework' },
  async ({ values, positionals }) => {
    const format = choiceOf('format', values.format, formats) ?? 'terminal';
    const state = choiceOf('state', values.state, controlStates);
    const { texts, problems } = await loadCatalog(values.checks ?? []);
    for (const problem of problems) reportError(problem, false);
    const frameworks =
      positionals.length === 0 ? await allFrameworks(texts) : await namedFrameworks(positionals, texts);
    const text =
      format === 'json'
        ? JSON.stringify(
            frameworks.map((item) => entry(item, state)),
            null,
            2,
          )
        : positionals.length === 0
          ? overview(frameworks).join('\n')
          : frameworks.flatMap((item) => controlLines(item, state)).join('\n');
    writeResult(values.output, `${text}\n`);
    return problems.length > 0 ? exitCodes.unreadable : exitCodes.done;
  },
);

function entry({ framework, coverage }: FrameworkCoverage, state: ControlState | undefined) {
  const { id, title, version, publisher, reference, aliases, profiles } = framework;
  return {
    id,
    title,
    version,
    publisher,
    reference,
    aliases,
    profiles: profiles.map((profile) => profile.id),
    counts: countStates(coverage),
    controls: coverage
      .filter((item) => state === undefined || item.state === state)
      .map(({ control, checks, state: its }) => ({
        id: control.id,
        title: control.title,
        group: control.group,
        state: its,
        checks,
        manual: control.manual,
        notApplicable: control.notApplicable,
      })),
  };
}

function overview(frameworks: readonly FrameworkCoverage[]): string[] {
  const rows = frameworks.map(({ framework, coverage }) => {
    const counts = countStates(coverage);
    const names = [...framework.aliases, ...framework.profiles.map(({ id }) => id)].join(', ');
    return [
      framework.id,
      String(coverage.length),
      ...controlStates.map((state) => String(counts[state])),
      `${framework.title} ${framework.version}${names === '' ? '' : ` (also ${names})`}`,
    ];
  });
  return tableLines(['framework', 'controls', ...controlStates, 'what it is'], rows, tableWidth());
}

function controlLines({ framework, coverage }: FrameworkCoverage, only: ControlState | undefined): string[] {
  const shown = coverage.filter(({ state }) => only === undefined || state === only);
  const width = tableWidth();
  const rows = shown.flatMap(({ control, state, checks }) => [
    [control.id, state, control.title],
    ...(checks.length === 0 ? [] : [['', '', `checks: ${checks.join(', ')}`]]),
    ...(control.manual === undefined ? [] : [['', '', `collect: ${control.manual}`]]),
    ...(control.notApplicable === undefined ? [] : [['', '', control.notApplicable]]),
  ]);
  const counts = countStates(coverage);
  const summary = controlStates.map((state) => `${counts[state]} ${state}`).join(', ');
  return [
    terminalSafe(`${framework.title} ${framework.version} (${framework.id}), ${framework.publisher}`),
    terminalSafe(framework.reference),
    '',
    ...tableLines(['control', 'state', 'what it asks'], rows, width),
    '',
    `${coverage.length} controls: ${summary}.`,
  ];
}
