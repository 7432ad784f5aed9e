import { CommandError } from './errors.ts';
import { exitCodes } from './exit.ts';
import { type ForeignFlags, readFlags } from './flag-values.ts';
import type { Flag, ValueKind } from './flags.ts';
import { writeStdout } from './stdout.ts';
import type { VerbModule } from './verbs.ts';

/** How a verb is called, and its `--help`. */
export interface VerbForm<T extends Readonly<Record<string, Flag>>> {
  flags: T;
  help: string;
  /** What stands beside the flags. */
  operands?: ValueKind;
  /** What to say of flags of other programs that have a verb like it. */
  foreign?: ForeignFlags;
}

/** A verb of a few flags: its arguments are read and `--help` is answered before `main` is called. */
export function defineVerb<T extends Readonly<Record<string, Flag>>>(
  form: VerbForm<T>,
  main: (args: ReturnType<typeof readFlags<T>>) => Promise<number>,
): VerbModule {
  const { flags, help, operands, foreign } = form;
  return {
    usage: () => ({ flags, help, ...(operands === undefined ? {} : { operands }) }),
    run: async (args) => {
      const read = readFlags(args, flags, foreign);
      if (read.tokens.some((token) => token.kind === 'option' && token.name === 'help')) {
        writeStdout(help);
        return exitCodes.done;
      }
      if (operands === 'file' && read.positionals.includes(''))
        throw new CommandError('USAGE', 'an operand is empty: a variable that is not set?');
      return main(read);
    },
  };
}
