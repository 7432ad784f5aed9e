import { statSync } from 'node:fs';
import { type LoadedInput, loadInput, ManifestError } from '@keelson/manifests';
import type { Comparison } from '@keelson/report';
import { readConfiguration } from '../config.ts';
import { CommandError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { Progress } from '../progress.ts';
import { readStdin } from '../stdin.ts';
import { writeStdout } from '../stdout.ts';
import { keepYoungGenerationSmall, optimizeLater, setV8Flags } from '../v8.ts';
import type { EarlierState } from './against.ts';
import { applyBaseline, writeBaseline } from './baseline.ts';
import { selectChecks } from './checks.ts';
import { controlsByCheck, withControls } from './controls.ts';
import { type Judged, judgeInput, overThreshold } from './judge.ts';
import { parseScanOptions, type ScanOptions, scanHelp, type WrittenOptions } from './options.ts';
import { writeOutputs } from './output.ts';
import { settingsOf } from './settings.ts';

export { scanUsage as usage } from './options.ts';

/** `keelson scan`. */
export async function run(args: readonly string[]): Promise<number> {
  const options = parseScanOptions(args);
  if (options.help) {
    writeStdout(scanHelp());
    return exitCodes.done;
  }
  if (options.watch) {
    const { watchPaths } = await import('../watch.ts');
    const written = [...options.outputs.map(({ file }) => file), options.writeBaseline ?? []].flat();
    return watchPaths(watched(options.paths), written, () => scanOnce(options));
  }
  return scanOnce(options);
}

/** @throws CommandError USAGE for what cannot be watched */
function watched(paths: readonly string[]): readonly string[] {
  for (const path of paths) {
    if (statSync(path, { throwIfNoEntry: false }) === undefined)
      throw new CommandError('USAGE', `--watch: ${path} is no file or folder`);
  }
  return paths;
}

async function scanOnce(options: WrittenOptions): Promise<number> {
  const configuration = readConfiguration(options.config);
  const merged = mergeConfiguration(options, configuration);
  if (merged.paths.length === 0)
    throw new CommandError('USAGE', 'name a file or folder to scan, or - for stdin');
  const select = await selectChecks(merged, configuration.settings);
  optimizeLater();
  collectLess();
  const time = startTime();
  const progress = new Progress(merged.quiet);
  const judgePaths = async (paths: readonly string[]) => {
    const loaded = await readPaths({ ...merged, paths }, progress);
    collectAsUsual();
    progress.tell(() => `Judging ${loaded.resources.length} objects`);
    const selected = await select(loaded);
    const settings = await settingsOf(configuration, loaded);
    const judged = judgeInput(loaded, selected, merged, settings);
    const controls = controlsByCheck(selected.frameworks);
    for (const { finding } of judged.findings) withControls(finding, controls.get(finding.rule));
    return { judged, selected, settings };
  };
  // First, for a wrong call is told before the work begins.
  const before =
    merged.against === undefined ? undefined : await judgeBefore(merged.against, merged.paths, judgePaths);
  const { judged, selected, settings } = await judgePaths(merged.paths);
  if (merged.fix !== undefined) {
    progress.clear();
    const { fixInput } = await import('./fix.ts');
    return fixInput(judged, selected, merged, settings);
  }
  baselines(judged, merged);
  const earlier = before === undefined ? undefined : await compareWith(before, judged);
  progress.clear();
  await writeOutputs(judged, selected, merged, {
    time,
    ...(sourceDate() === undefined ? { seconds: progress.seconds } : {}),
    ...(earlier === undefined ? {} : { earlier }),
  });
  if (judged.unreadable || (merged.strict && isPartial(judged))) return exitCodes.unreadable;
  return overThreshold(judged.findings, merged.failOn) ? exitCodes.findings : exitCodes.done;
}

/** An earlier state, judged by the same checks. */
interface Before extends EarlierState<Judged> {
  against: string;
}

async function judgeBefore(
  against: string,
  paths: readonly string[],
  judgePaths: (paths: readonly string[]) => Promise<{ judged: Judged }>,
): Promise<Before> {
  const { judgeEarlier } = await import('./against.ts');
  const state = await judgeEarlier(against, paths, async (there) => (await judgePaths(there)).judged);
  return { against, ...state };
}

/** What could not be read of the earlier state is told and is no fault of this run. */
async function compareWith(
  before: Before,
  judged: Judged,
): Promise<{ comparison: Comparison; judged: Judged }> {
  const { against, result } = before;
  const { compareFindings } = await import('./compare.ts');
  const comparison = compareFindings(against, before, judged);
  for (const notification of result.notifications) {
    if (notification.level !== 'error') continue;
    const message = `in ${against}: ${notification.message}`;
    judged.notifications.push({ ...notification, level: 'warning', message });
  }
  return { comparison, judged: result };
}

/** True when something was seen and not judged, or there was nothing to judge. */
function isPartial({ loaded }: Judged): boolean {
  return loaded.notJudged.length > 0 || loaded.resources.length + loaded.dockerfiles.length === 0;
}

/** When the run began, RFC 3339 to the second. */
function startTime(): string {
  return (sourceDate() ?? new Date()).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** `SOURCE_DATE_EPOCH` makes reports that can be made again: it is their time, and none of them tells how long the run took. */
function sourceDate(): Date | undefined {
  const epoch = process.env['SOURCE_DATE_EPOCH'] ?? '';
  return /^\d{1,11}$/.test(epoch) ? new Date(Number(epoch) * 1000) : undefined;
}

/** Flags come before the configuration file: what narrows takes the place of its list, other lists are joined. */
function mergeConfiguration(
  options: WrittenOptions,
  configuration: ReturnType<typeof readConfiguration>,
): ScanOptions {
  return {
    ...options,
    failOn: options.failOn ?? configuration.failOn ?? 'high',
    show: options.show ?? configuration.show ?? 'medium',
    namespace: options.namespace ?? configuration.namespace ?? 'default',
    exclude: [...configuration.exclude, ...options.exclude],
    skip: [...configuration.skip, ...options.skip],
    only: options.only.length > 0 ? options.only : configuration.only,
    checks: [...configuration.checks, ...options.checks],
    policies: [...configuration.policies, ...options.policies],
    frameworks: options.frameworks.length > 0 ? options.frameworks : configuration.frameworks,
  };
}

async function readPaths(
  options: Omit<ScanOptions, 'paths'> & { paths: readonly string[] },
  progress: Progress,
): Promise<LoadedInput> {
  const { paths, exclude, limits, noGitignore, helmValues, helmSet, namespace } = options;
  const stdin = paths.includes('-') ? readStdin() : undefined;
  const loaded = await loadInput(paths, {
    exclude,
    limits,
    gitignore: !noGitignore,
    onFile: (files) => progress.tell(() => `Read ${files} files`),
    helm: { values: helmValues, set: helmSet, namespace },
    ...(stdin === undefined ? {} : { stdin }),
  });
  // What should have been piped in failed: saying that all is well would be wrong.
  if (stdin?.trim() === '') {
    loaded.errors.push(
      new ManifestError('INPUT_UNREADABLE', 'nothing came on stdin', { location: { file: '-' } }),
    );
  }
  return loaded;
}

function baselines(judged: Judged, options: ScanOptions): void {
  if (options.baseline === undefined && options.writeBaseline === undefined) return;
  if (options.writeBaseline !== undefined) writeBaseline(options.writeBaseline, judged.findings);
  if (options.baseline !== undefined) applyBaseline(options.baseline, judged.findings);
}

/**
 * What is old when input is read is small and needed to the end: it may grow to ten times its size before all of it is
 * looked through again, which leaves room for what reports are made of.
 */
function collectLess(): void {
  keepYoungGenerationSmall();
  setV8Flags('--heap-growing-percent=900');
}

/** From here on the old generation grows by V8's own measure again. */
function collectAsUsual(): void {
  setV8Flags('--heap-growing-percent=0');
}
