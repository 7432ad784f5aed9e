import { closeSync, openSync, writeFileSync } from 'node:fs';
import { basename, isAbsolute } from 'node:path';
import { type CheckText, engineTexts } from '@keelson/checks';
import { podTemplate } from '@keelson/kubernetes';
import { loadCheckTexts } from '@keelson/pack-checks';
import {
  type Comparison,
  type NetworkEvidence,
  type ReportedFinding,
  type ReportNeed,
  reportFormats,
  type ScanReport,
  writeTerminal,
} from '@keelson/report';
import { CommandError, reasonOf } from '../errors.ts';
import { terminalColumns, wantsColour, writeStdout } from '../stdout.ts';
import { growYoungGeneration, keepYoungGenerationSmall } from '../v8.ts';
import { version } from '../version.ts';
import type { SelectedChecks } from './checks.ts';
import { controlsByCheck, withControls } from './controls.ts';
import { addEdits, type Judged } from './judge.ts';
import type { Output, ScanOptions } from './options.ts';
import { redactorOf } from './redaction.ts';

/** When a run began, RFC 3339, and how long it took so far, in seconds. */
export interface RunFacts {
  time: string;
  /** Left out where reports must be the same in every run. */
  seconds?: number;
  /** The earlier state that the run is compared with, as it was judged. */
  earlier?: { comparison: Comparison; judged: Judged };
}

/** Writes every output that was asked for. */
export async function writeOutputs(
  judged: Judged,
  selected: SelectedChecks,
  options: ScanOptions,
  run: RunFacts,
): Promise<void> {
  const needs = new Set(options.outputs.flatMap(({ format }) => reportFormats[format]?.needs ?? []));
  // Edits stay to the end, so that this is when the young generation grows, once, for all that is written of them.
  if (options.outputs.length > 1) growYoungGeneration();
  if (needs.has('edits')) addEdits(judged.findings);
  keepYoungGenerationSmall();
  const report = await makeReport(judged, selected, options, run, needs);
  // One report for all formats that tell of no framework: some share what they make of it.
  const bare = options.frameworks.length > 0 ? report : { ...report, frameworks: [] };
  for (const output of options.outputs) writeParts(output, await render(output, report, bare, options));
}

async function makeReport(
  judged: Judged,
  selected: SelectedChecks,
  options: ScanOptions,
  { time, seconds, earlier }: RunFacts,
  needs: ReadonlySet<ReportNeed>,
): Promise<ScanReport> {
  const { loaded, judgement, suppressions } = judged;
  return {
    tool: { name: 'keelson', version },
    time,
    findings: judged.findings,
    notifications: judged.notifications,
    texts: await textsOf(
      [...judged.findings, ...(earlier?.judged.findings ?? [])],
      selected,
      needs.has('texts'),
    ),
    statistics: judgement.statistics,
    sources: loaded.sources,
    input: {
      ...scannedOf(options.paths),
      files: loaded.files,
      documents: loaded.documents,
      objects: loaded.resources.length,
      dockerfiles: loaded.dockerfiles.length,
      checks: selected.asked.size,
      ...(seconds === undefined ? {} : { seconds }),
    },
    failOn: options.failOn,
    suppressions,
    frameworks: await assessments(judged, selected, needs.has('frameworks')),
    ...(earlier === undefined ? {} : { comparison: earlier.comparison }),
    ...(needs.has('network') ? { network: await networkOf(judged, options, time) } : {}),
    // What was a secret before is one still.
    redact: redactorOf(loaded, ...(earlier === undefined ? [] : [earlier.judged.loaded])),
  };
}

/** Who reaches whom; the engine for it is loaded only where there may be somebody. */
async function networkOf(
  { loaded: { resources } }: Judged,
  { paths, namespace }: ScanOptions,
  time: string,
): Promise<NetworkEvidence> {
  if (!resources.some((resource) => podTemplate(resource) !== undefined))
    return { claims: [], relations: [], coverage: [] };
  const { networkEvidence } = await import('./network.ts');
  return networkEvidence({ resources, defaultNamespace: namespace, source: paths.join(' '), time });
}

/** What was scanned; relative paths hang on the folder of the call. */
function scannedOf(paths: readonly string[]): Pick<ScanReport['input'], 'scanned' | 'folder'> {
  const folder = basename(process.cwd());
  const hang = paths.some((path) => path !== '-' && !isAbsolute(path));
  return { scanned: paths, ...(hang && folder !== '' ? { folder } : {}) };
}

/** What the run says of the frameworks that the user named, or of all where a format wants to show them. */
async function assessments(
  judged: Judged,
  selected: SelectedChecks,
  all: boolean,
): Promise<ScanReport['frameworks']> {
  const isNamed = selected.frameworks.length > 0;
  if (!isNamed && !all) return [];
  const { assessFrameworks } = await import('./assessments.ts');
  return assessFrameworks(judged, selected);
}

/** Texts of the checks that found something, or of all that were asked. */
async function textsOf(
  findings: readonly ReportedFinding[],
  selected: SelectedChecks,
  all: boolean,
): Promise<ReadonlyMap<string, CheckText>> {
  const wanted = all ? selected.asked : new Set(findings.map(({ finding }) => finding.rule));
  const texts = await loadCheckTexts(wanted);
  const own = [...engineTexts, ...selected.own, ...selected.policies];
  const controls = controlsByCheck(selected.frameworks);
  return new Map(
    [...texts.values(), ...own].map((text) => [text.id, withControls({ ...text }, controls.get(text.id))]),
  );
}

/** `bare` is the report without frameworks that the user did not name: those are for the formats that want to show them. */
async function render(
  output: Output,
  report: ScanReport,
  bare: ScanReport,
  options: ScanOptions,
): Promise<Iterable<string>> {
  const format = reportFormats[output.format];
  if (format !== undefined) return (await format.load())(format.needs.includes('frameworks') ? report : bare);
  const columns = output.file === '-' ? terminalColumns() : undefined;
  return [writeTerminal(bare, { colour: wantsColour(columns), width: columns ?? 120, show: options.show })];
}

/** Bytes that are gathered before they are written. */
const portion = 1 << 18;

function writeParts(output: Output, parts: Iterable<string>): void {
  if (output.file === '-') {
    for (const bytes of portions(parts)) writeStdout(Buffer.from(bytes));
    return;
  }
  let file: number | undefined;
  try {
    file = openSync(output.file, 'w');
    // A file that is open is written where the last write ended.
    for (const bytes of portions(parts)) writeFileSync(file, bytes);
  } catch (error) {
    throw new CommandError('OUTPUT_FAILED', `cannot write ${output.file}: ${reasonOf(error)}`, {
      cause: error,
    });
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/**
 * The parts in UTF-8, each portion to be written before the next is asked for: all lie in the same bytes. As texts they would be
 * kept until they are joined, and most collections would find and copy them.
 */
function* portions(parts: Iterable<string>): Generator<Uint8Array> {
  const bytes = Buffer.allocUnsafe(portion);
  let used = 0;
  for (const text of joined(parts)) {
    const size = Buffer.byteLength(text);
    if (size > bytes.length - used) {
      yield bytes.subarray(0, used);
      used = 0;
    }
    if (size > bytes.length) yield Buffer.from(text);
    // Text of ASCII alone is the same in both encodings, and copied in half the time.
    else used += bytes.write(text, used, size === text.length ? 'latin1' : 'utf8');
  }
  yield bytes.subarray(0, used);
}

/** Letters that are joined before they become bytes. */
const joinedLength = 1 << 13;

/**
 * Short parts as fewer texts: hundreds of thousands are joined in less time than each is turned into bytes. A text stays short
 * all the same: one letter beyond Latin makes the whole of it wide.
 */
function* joined(parts: Iterable<string>): Generator<string> {
  let texts: string[] = [];
  let length = 0;
  for (const part of parts) {
    texts.push(part);
    length += part.length;
    if (length < joinedLength) continue;
    yield texts.join('');
    texts = [];
    length = 0;
  }
  yield texts.join('');
}
