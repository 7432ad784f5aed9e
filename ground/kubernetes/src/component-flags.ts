import { programWords } from './component-shell.ts';
import { booleanFlags, type ComponentName, componentNames, listFlags } from './component-tables.ts';

/** A flag as a command line sets it. */
export interface ComponentFlag {
  /** As the component's reference writes it, without leading dashes. */
  readonly name: string;
  /** Of the last occurrence; occurrences of list flags are joined by `,` in their order. */
  readonly value: string;
  /** Indices of the words that say it, over all occurrences. */
  readonly words: readonly number[];
  /** How often it is given. */
  readonly occurrences: number;
}

/** The command line of a Kubernetes component. */
export interface ComponentCommand {
  readonly name: ComponentName;
  /** Index of the word that names the program. */
  readonly program: number;
  readonly flags: ReadonlyMap<string, ComponentFlag>;
  /** True when the command stands in a shell script, so that all words are that one word. */
  readonly script: boolean;
}

/**
 * Reads the flags of a component out of `command` and `args` put together: behind launchers such as `tini` and
 * `hyperkube`, and in `sh -c` scripts. Undefined when the words start none of the known components.
 *
 * Flags are read as the components' own flag library does (github.com/spf13/pflag): `--name=value`, `--name value`,
 * and `--name` alone for booleans; `_` counts as `-`. A flag given twice has its last value, except lists, which grow.
 */
export function componentFlags(words: readonly string[]): ComponentCommand | undefined {
  const start = programWords(words);
  if (start === undefined) return undefined;
  const name = componentNames.find((known) => known === start.program);
  if (name === undefined) return undefined;
  return { name, program: start.word, flags: readFlags(start.words, start.indices), script: start.script };
}

/** Reads flags out of words that follow a program's name; `indices` say which word each came from. */
function readFlags(words: readonly string[], indices: readonly number[]): Map<string, ComponentFlag> {
  const flags = new Map<string, DraftFlag>();
  for (let i = 0; i < words.length; i++) {
    const parts = splitFlag(words[i] ?? '');
    if (parts === undefined) continue;
    const at = [indices[i] ?? 0];
    let value = parts.value;
    const next = words[i + 1];
    if (value === undefined && !booleanFlags.has(parts.name) && next !== undefined && !next.startsWith('-')) {
      value = next;
      i++;
      at.push(indices[i] ?? 0);
    }
    addFlag(flags, parts.name, value ?? (booleanFlags.has(parts.name) ? 'true' : ''), at);
  }
  return flags;
}

/** A flag while its occurrences are gathered. */
interface DraftFlag extends ComponentFlag {
  value: string;
  readonly words: number[];
  occurrences: number;
}

function addFlag(flags: Map<string, DraftFlag>, name: string, value: string, words: number[]): void {
  const flag = flags.get(name);
  if (flag === undefined) {
    flags.set(name, { name, value, words, occurrences: 1 });
    return;
  }
  flag.value = listFlags.has(name) && flag.value !== '' ? `${flag.value},${value}` : value;
  flag.words.push(...words);
  flag.occurrences++;
}

function splitFlag(word: string): { name: string; value: string | undefined } | undefined {
  const match = /^--?([A-Za-z][\w.-]*)(?:=([\s\S]*))?$/.exec(word);
  const name = match?.[1];
  return name === undefined ? undefined : { name: name.replaceAll('_', '-'), value: match?.[2] };
}
