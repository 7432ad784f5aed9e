import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type ShellName = 'bash' | 'zsh' | 'fish';

/** True when the shell is installed and runs. */
export function isInstalled(shell: ShellName): boolean {
  return spawnSync(shell, ['-c', 'exit 0']).status === 0;
}

/**
 * What a real shell offers on TAB at the end of each line, sorted, in a folder. The script of the shell must stand
 * there under its name. Of a list only the last part is given, of `--flag=value` the value: shells differ in whether
 * they repeat what stands before.
 */
export function offers(shell: ShellName, folder: string, lines: readonly string[]): string[][] {
  return drivers[shell](folder, lines).map((words) => [...new Set(words.map(lastPart))].sort());
}

function lastPart(word: string): string {
  return word
    .replace(/^(--[a-z-]+)=$/, '$1')
    .replace(/^--[a-z-]+=/, '')
    .replace(/^.*,/, '');
}

const drivers: Readonly<Record<ShellName, (folder: string, lines: readonly string[]) => string[][]>> = {
  bash: inBash,
  zsh: inZsh,
  fish: inFish,
};

/** Calls the function as readline does, with words split at blanks and at `=`. */
function inBash(folder: string, lines: readonly string[]): string[][] {
  const calls = lines.flatMap((line) => {
    const words = line.split(' ').flatMap((word) => word.split(/(?==)|(?<==)/));
    return [
      `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}) COMP_CWORD=${words.length - 1}`,
      '_keelson 2>/dev/null',
      'echo ---; printf \'%s\\n\' "${COMPREPLY[@]}"',
    ];
  });
  const out = run('bash', ['-c', ['. ./bash', ...calls].join('\n')], folder);
  return out.split('---\n').slice(1).map(linesOf);
}

/** Asks fish's own completion. */
function inFish(folder: string, lines: readonly string[]): string[][] {
  const calls = lines.map((line) => `echo ---; complete -C '${line}'`);
  const out = run('fish', ['--no-config', '-c', ['source fish', ...calls].join('\n')], folder);
  return out
    .split('---\n')
    .slice(1)
    .map((part) => linesOf(part).map((line) => line.split('\t')[0] ?? ''));
}

/**
 * Types each line and a TAB into an interactive zsh on a terminal of its own; `compadd`, which all completion ends in,
 * writes down what matches. A second key says that the TAB is done.
 */
function inZsh(folder: string, lines: readonly string[]): string[][] {
  const found = join(folder, 'found');
  writeFileSync(found, '');
  writeFileSync(join(folder, 'inner.zsh'), zshInner);
  writeFileSync(join(folder, 'lines'), lines.map((line) => `${line}\n`).join(''));
  run('zsh', ['-f', '-c', zshOuter], folder);
  return readFileSync(found, 'utf8').split('---\n').slice(0, -1).map(linesOf);
}

const zshInner = `
PS1=; KEYTIMEOUT=1; unsetopt beep autolist automenu
autoload -Uz compinit; compinit -u -D
source ./zsh
compadd() {
  local -a matches
  if [[ " \${@[1,(i)(-|--)]} " == *" -"[OAD]" "* ]]; then builtin compadd "$@"; return; fi
  builtin compadd -O matches "$@"
  (( $#matches )) && print -rl -- $matches >>found
  builtin compadd "$@"
}
done-widget() { BUFFER=; print -r -- --- >>found }
zle -N done-widget
bindkey '^X' done-widget
`;

const zshOuter = `
zmodload zsh/zpty
zpty inner zsh -f -i
zpty -w inner 'source ./inner.zsh'
integer n=0 wait
while IFS= read -r line; do
  (( n++ ))
  zpty -w -n inner "$line"$'\\t\\x18'
  for (( wait = 0; wait < 1000; wait++ )); do
    (( $(grep -c '^---$' found) >= n )) && break
    sleep 0.01
  done
done <lines
zpty -d inner
`;

function run(program: string, args: readonly string[], cwd: string): string {
  const { stdout, stderr, status } = spawnSync(program, args, { cwd, encoding: 'utf8', timeout: 60_000 });
  if (status !== 0) throw new Error(`${program} exits with ${status}: ${stderr}`);
  return stdout;
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
