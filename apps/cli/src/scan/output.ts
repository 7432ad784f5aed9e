import { closeSync, openSync, writeFileSync } from 'node:fs';
import { type CheckText, engineTexts } from '@keelson/checks';
import { loadCheckTexts } from '@keelson/pack-checks';
import { jsonParts, type ScanReport, sarifParts, writeTerminal } from '@keelson/report';
import { CommandError, reasonOf } from '../errors.ts';
import { terminalColumns, writeStdout } from '../stdout.ts';
import { version } from '../version.ts';
import type { SelectedChecks } from './checks.ts';
import { addEdits, type Judged } from './judge.ts';
import type { Format, Output, ScanOptions } from './options.ts';
import { redactorOf } from './redaction.ts';

/** Writes every output that was asked for. */
export async function writeOutputs(
  judged: Judged,
  selected: SelectedChecks,
  options: ScanOptions,
  seconds: number,
): Promise<void> {
  if (options.outputs.some(({ format }) => format !== 'terminal')) addEdits(judged.findings);
  const report = await makeReport(judged, selected, options, seconds);
  for (const output of options.outputs) writeParts(output, render(output.format, report, options, output));
}

async function makeReport(
  judged: Judged,
  selected: SelectedChecks,
  options: ScanOptions,
  seconds: number,
): Promise<ScanReport> {
  const { loaded, judgement, suppressions } = judged;
  return {
    tool: { name: 'keelson', version },
    findings: judged.findings,
    notifications: judged.notifications,
    texts: await textsOf(judged, selected),
    statistics: judgement.statistics,
    sources: loaded.sources,
    input: {
      files: loaded.files,
      documents: loaded.documents,
      objects: loaded.resources.length,
      dockerfiles: loaded.dockerfiles.length,
      checks: selected.count,
      seconds,
    },
    failOn: options.failOn,
    suppressions,
    redact: redactorOf(loaded),
  };
}

/** Texts of the checks that found something: no report shows others. */
async function textsOf(judged: Judged, selected: SelectedChecks): Promise<ReadonlyMap<string, CheckText>> {
  const texts = await loadCheckTexts(new Set(judged.findings.map(({ finding }) => finding.rule)));
  return new Map([...texts, ...[...engineTexts, ...selected.own].map((text) => [text.id, text] as const)]);
}

function render(format: Format, report: ScanReport, options: ScanOptions, output: Output): Iterable<string> {
  switch (format) {
    case 'terminal': {
      const columns = output.file === '-' ? terminalColumns() : undefined;
      const isPlain = (process.env['NO_COLOR'] ?? '') !== '' || process.env['TERM'] === 'dumb';
      const colour = columns !== undefined && !isPlain;
      const width = columns ?? 120;
      return [writeTerminal(report, { colour, width, show: options.show })];
    }
    case 'json':
      return jsonParts(report);
    case 'sarif':
      return sarifParts(report);
  }
}

/** Texts are gathered to this many characters before they are written. */
const portion = 1 << 18;

function writeParts(output: Output, parts: Iterable<string>): void {
  if (output.file === '-') {
    for (const text of portions(parts)) writeStdout(text);
    return;
  }
  let file: number | undefined;
  try {
    file = openSync(output.file, 'w');
    // A file that is open is written where the last write ended.
    for (const text of portions(parts)) writeFileSync(file, text);
  } catch (error) {
    throw new CommandError('OUTPUT_FAILED', `cannot write ${output.file}: ${reasonOf(error)}`, {
      cause: error,
    });
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function* portions(parts: Iterable<string>): Generator<string> {
  let gathered: string[] = [];
  let length = 0;
  for (const part of parts) {
    gathered.push(part);
    length += part.length;
    if (length < portion) continue;
    yield gathered.join('');
    gathered = [];
    length = 0;
  }
  yield gathered.join('');
}
