import type { CoverageReport, LineProfile, PartialResult, PreparedQuery } from '@keelson/rego';
import { CommandError } from '../errors.ts';
import { indented, inOrder, type Output, type Structure, structure } from './json-output.ts';
import { blockTable, plainTable, prettyTable } from './pretty-table.ts';
import { profileJson, profileTable } from './profile-report.ts';
import type { Results } from './results.ts';

export const evalFormats = ['json', 'values', 'bindings', 'pretty', 'source', 'raw', 'discard'] as const;
export type EvalFormat = (typeof evalFormats)[number];

/** What an evaluation is told with: what the query gave, and what was asked for besides. */
export interface EvalOutput {
  readonly errors?: readonly Structure[] | undefined;
  readonly results?: Results | undefined;
  readonly partial?: PartialResult | undefined;
  readonly metrics?: ReadonlyMap<string, number> | undefined;
  readonly profile?: readonly LineProfile[] | undefined;
  readonly coverage?: CoverageReport | undefined;
  /** Those of the query. */
  readonly expressions?: PreparedQuery['expressions'] | undefined;
}

/** @throws CommandError USAGE for a format that the evaluation has none for. */
export function refuseFormat(format: EvalFormat, isPartial: boolean): void {
  if (isPartial && !['json', 'pretty', 'source'].includes(format))
    throw new CommandError(
      'USAGE',
      `--format ${format} does not go with --partial: json, pretty and source do`,
    );
  if (!isPartial && format === 'source') throw new CommandError('USAGE', '--format source is for --partial');
}

/** The text of a format, each line ended. */
export function outputText(output: EvalOutput, format: EvalFormat, prettyLimit: number): string {
  switch (format) {
    case 'json':
      return `${indented(structure(members(output)))}\n`;
    case 'discard':
      return `${indented(discarded(output))}\n`;
    case 'pretty':
      return pretty(output, prettyLimit);
    case 'source':
      return output.partial === undefined ? '' : source(output.partial);
    case 'values':
      return output.results?.valueLines() ?? '';
    case 'bindings':
      return output.results?.bindingLines() ?? '';
    case 'raw':
      return output.results?.rawLines() ?? '';
  }
}

/** In `opa`'s order; what is empty is left out. */
function members({ errors, results, partial, metrics, profile, coverage }: EvalOutput) {
  return {
    errors,
    result: results?.isDefined === true ? results.json() : undefined,
    partial: partial === undefined ? undefined : partialJson(partial),
    metrics: metrics === undefined ? undefined : new Map(metrics),
    profile: profile === undefined || profile.length === 0 ? undefined : profileJson(profile),
    coverage: coverage === undefined ? undefined : inOrder(coverage),
  } satisfies Record<string, Output | undefined>;
}

function partialJson(partial: PartialResult): Structure {
  const { queries, modules } = partial.json();
  return structure({ queries, modules });
}

/** In order of the names, as `opa` has it here. */
function discarded(output: EvalOutput): Structure {
  const all = members(output);
  const shown = structure({ ...all, result: all.result === undefined ? undefined : 'discarded' });
  return new Map([...shown].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function source(partial: PartialResult): string {
  const { queries, support } = partial.source();
  return [
    ...queries.map((query, at) => `# Query ${at + 1}\n${query === '' ? '' : `${query}\n`}\n`),
    ...support.map((module, at) => `# Module ${at + 1}\n${module}`),
  ].join('');
}

function pretty(output: EvalOutput, limit: number): string {
  const { results, partial, metrics, profile = [], coverage, expressions = [] } = output;
  return [
    results?.pretty(limit) ?? '',
    partial === undefined ? '' : prettyPartial(partial),
    metrics === undefined ? '' : metricsTable(metrics),
    profile.length === 0 ? '' : profileTable(profile, expressions),
    coverage === undefined ? '' : plainTable([['Overall Coverage', coverage.coverage.toFixed(2)]]),
  ].join('');
}

function prettyPartial(partial: PartialResult): string {
  const { queries, support } = partial.source();
  if (queries.length === 0) return 'undefined\n';
  return blockTable([
    ...queries.map((query, at) => [`Query ${at + 1}`, query] as const),
    ...support.map((module, at) => [`Support ${at + 1}`, module.trimEnd()] as const),
  ]);
}

function metricsTable(metrics: ReadonlyMap<string, number>): string {
  return prettyTable([
    ['Metric', [...metrics.keys()]],
    ['Value', [...metrics.values()].map(String)],
  ]);
}
