import { CommandError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { commonFlags } from '../flag-values.ts';
import { writeResult } from '../result.ts';
import { suggestion } from '../suggest.ts';
import { defineVerb } from '../verb.ts';
import { bashScript } from './bash.ts';
import { fishScript } from './fish.ts';
import { commandModel, type VerbModel } from './model.ts';
import { zshScript } from './zsh.ts';

const shells: Readonly<Record<string, (command: VerbModel) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

const help = `keelson completion: print the completion script of a shell

Usage: keelson completion bash|zsh|fish

The script holds all verbs, flags and names itself: pressing TAB runs nothing. Make it again after an update.

  -o, --output FILE  write to FILE instead of stdout
  -q, --quiet        nothing but the script

Examples:
  source <(keelson completion bash)              in ~/.bashrc
  source <(keelson completion zsh)               in ~/.zshrc, after compinit
  keelson completion fish | source               in ~/.config/fish/config.fish
`;

/** `keelson completion`. */
export const { run, usage } = defineVerb(
  { flags: commonFlags, help, operands: { choices: Object.keys(shells) } },
  async ({ values, positionals }) => {
    const names = Object.keys(shells);
    const [shell, ...rest] = positionals;
    if (shell === undefined || rest.length > 0)
      throw new CommandError('USAGE', `name one shell: ${names.join(', ')}`);
    const write = Object.hasOwn(shells, shell) ? shells[shell] : undefined;
    if (write === undefined)
      throw new CommandError(
        'USAGE',
        `no completion for ${shell}${suggestion(shell, names)}: there is ${names.join(', ')}`,
      );
    writeResult(values.output, write(await commandModel()));
    return exitCodes.done;
  },
);
