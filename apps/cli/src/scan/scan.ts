import { readFileSync } from 'node:fs';
import { type LoadedInput, loadInput } from '@keelson/manifests';
import { checks as builtIn } from '@keelson/pack-checks';
import { CommandError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { selectChecks } from './checks.ts';
import { excludeMatcher } from './exclude.ts';
import { judgeInput, type Judged } from './judge.ts';
import { parseScanOptions, type ScanOptions, scanHelp } from './options.ts';
import { writeOutputs } from './output.ts';

/** `keelson scan`. */
export async function run(args: readonly string[]): Promise<number> {
  const started = performance.now();
  const options = parseScanOptions(args);
  if (options.help) {
    process.stdout.write(scanHelp);
    return exitCodes.done;
  }
  if (options.paths.length === 0) throw new CommandError('USAGE', 'name a file or folder to scan, or - for stdin');
  const selected = selectChecks(builtIn, options);
  const loaded = await readPaths(options);
  const judged = judgeInput(loaded, selected, options);
  await writeOutputs(judged, selected, options, (performance.now() - started) / 1000);
  return exitCode(judged);
}

async function readPaths(options: ScanOptions): Promise<LoadedInput> {
  const stdin = options.paths.includes('-') ? { stdin: readFileSync(0, 'utf8') } : {};
  return loadInput(options.paths, { excluded: excludeMatcher(options.exclude), ...stdin });
}

function exitCode(judged: Judged): number {
  if (judged.unreadable) return exitCodes.unreadable;
  return judged.overThreshold ? exitCodes.findings : exitCodes.done;
}
