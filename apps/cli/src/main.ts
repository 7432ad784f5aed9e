import { CommandError, reportError } from './errors.ts';
import { exitCodes } from './exit.ts';
import { writeStdout } from './stdout.ts';
import { suggestion } from './suggest.ts';
import { findVerb, overview, verbs } from './verbs.ts';
import { version } from './version.ts';

/** Runs the command and gives its exit code (docs/architecture.md, exit codes). */
export async function main(args: readonly string[]): Promise<number> {
  const [first, ...rest] = args;
  if (first === 'version') {
    writeStdout(`keelson ${version}\n`);
    return exitCodes.done;
  }
  const [verb, ...below] = rest;
  if (first === 'help' && verb !== undefined) return run(verb, [...below, '--help']);
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    writeStdout(overview());
    return first === undefined ? exitCodes.usage : exitCodes.done;
  }
  return run(first, rest);
}

async function run(name: string, args: readonly string[]): Promise<number> {
  const debug = args.includes('--debug');
  try {
    const verb = findVerb(name);
    if (verb === undefined) {
      const verbNames = verbs.map((each) => each.name);
      throw new CommandError(
        'USAGE',
        `unknown verb "${name}"${suggestion(name, verbNames)}; there are: ${verbNames.join(', ')}`,
      );
    }
    const { run: verbMain } = await verb.load();
    return await verbMain(args.filter((arg) => arg !== '--debug'));
  } catch (error) {
    return reportError(error, debug);
  }
}
