import { readFileSync, statSync } from 'node:fs';
import { type Severity, severities } from '@keelson/evidence';
import { type LoadedInput, loadInput, ManifestError } from '@keelson/manifests';
import { readConfiguration } from '../config.ts';
import { CommandError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { Progress } from '../progress.ts';
import { writeStdout } from '../stdout.ts';
import { applyBaseline, writeBaseline } from './baseline.ts';
import { selectChecks } from './checks.ts';
import { type Judged, judgeInput, overThreshold } from './judge.ts';
import { parseScanOptions, type ScanOptions, scanHelp, type WrittenOptions } from './options.ts';
import { writeOutputs } from './output.ts';
import { settingsOf } from './settings.ts';

/** `keelson scan`. */
export async function run(args: readonly string[]): Promise<number> {
  const options = parseScanOptions(args);
  if (options.help) {
    writeStdout(scanHelp);
    return exitCodes.done;
  }
  const configuration = readConfiguration(options.config);
  const merged = mergeConfiguration(options, configuration);
  if (merged.paths.length === 0)
    throw new CommandError('USAGE', 'name a file or folder to scan, or - for stdin');
  const select = selectChecks(merged, configuration.settings);
  if (merged.paths.some(isFolder)) boundYoungGeneration();
  const time = startTime();
  const progress = new Progress(merged.quiet);
  const loaded = await readPaths(merged, progress);
  progress.tell(() => `Judging ${loaded.resources.length} objects`);
  const selected = await select(loaded);
  const settings = await settingsOf(configuration, loaded);
  const judged = judgeInput(loaded, selected, merged, settings);
  progress.clear();
  if (merged.fix !== undefined) {
    const { fixInput } = await import('./fix.ts');
    return fixInput(judged, selected, merged, settings);
  }
  baselines(judged, merged);
  await writeOutputs(judged, selected, merged, { time, seconds: progress.seconds });
  if (judged.unreadable) return exitCodes.unreadable;
  return overThreshold(judged.findings, merged.failOn) ? exitCodes.findings : exitCodes.done;
}

/** When the run began, RFC 3339 to the second; `SOURCE_DATE_EPOCH` makes reports that can be made again. */
function startTime(): string {
  const epoch = process.env['SOURCE_DATE_EPOCH'] ?? '';
  const date = /^\d{1,11}$/.test(epoch) ? new Date(Number(epoch) * 1000) : new Date();
  return date.toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** Flags come before the configuration file; lists of both are joined. */
function mergeConfiguration(
  options: WrittenOptions,
  configuration: ReturnType<typeof readConfiguration>,
): ScanOptions {
  const { failOn, show } = configuration;
  return {
    ...options,
    failOn: options.failOn ?? (failOn === 'none' ? 'none' : (severityOf(failOn, 'failOn') ?? 'high')),
    show: options.show ?? severityOf(show, 'show') ?? 'medium',
    namespace: options.namespace ?? configuration.namespace ?? 'default',
    exclude: [...configuration.exclude, ...options.exclude],
    skip: [...configuration.skip, ...options.skip],
    only: [...configuration.only, ...options.only],
    checks: [...configuration.checks, ...options.checks],
  };
}

function severityOf(text: string | undefined, field: string): Severity | undefined {
  if (text === undefined) return undefined;
  const found = severities.find((name) => name === text);
  if (found !== undefined) return found;
  throw new CommandError('CONFIG_INVALID', `${field}: ${text} is not one of ${severities.join(', ')}`);
}

async function readPaths(options: ScanOptions, progress: Progress): Promise<LoadedInput> {
  const { paths, exclude, limits, noGitignore, helmValues, helmSet, namespace } = options;
  const stdin = paths.includes('-') ? readFileSync(0, 'utf8') : undefined;
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

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/**
 * Keeps V8's young generation at its first size: judging makes much that is gone at once, and a young generation that
 * grows with it takes a hundred megabytes and no less time. A single file is judged before it would grow.
 */
function boundYoungGeneration(): void {
  process.getBuiltinModule('node:v8').setFlagsFromString('--semi-space-growth-factor=1');
}
