/** Words of a program's own command line, out of a longer one that starts it. */
export interface ProgramWords {
  /** Base name of the program, `kube-apiserver`. */
  program: string;
  /** Index of the outer word that names it. */
  word: number;
  /** What follows the program's name. */
  words: string[];
  /** The outer word that each of `words` came from. */
  indices: number[];
  script: boolean;
}

const shells = new Set(['sh', 'bash', 'ash', 'dash', 'busybox']);
const launchers = new Set(
  'hyperkube go-runner tini dumb-init nsenter chroot env exec nice ionice nohup sudo catatonit setsid'.split(
    ' ',
  ),
);
/** Names that hyperkube gave the components. */
const hyperkubeNames: ReadonlyMap<string, string> = new Map([
  ['apiserver', 'kube-apiserver'],
  ['controller-manager', 'kube-controller-manager'],
  ['scheduler', 'kube-scheduler'],
  ['proxy', 'kube-proxy'],
]);
const components = new Set(
  'kube-apiserver kube-controller-manager kube-scheduler etcd kubelet kube-proxy'.split(' '),
);

/** Finds the component that a command line starts; undefined when it starts something else. */
export function programWords(words: readonly string[]): ProgramWords | undefined {
  const first = baseName(words[0] ?? '');
  const scriptAt = shells.has(first) ? scriptIndex(words) : -1;
  if (scriptAt >= 0) return scriptProgram(words, scriptAt);
  for (let i = 0; i < words.length; i++) {
    const found = componentName(words[i] ?? '', first);
    if (found !== undefined) {
      const rest = words.slice(i + 1);
      return { program: found, word: i, words: rest, indices: rest.map((_, j) => i + 1 + j), script: false };
    }
    if (!launchers.has(first)) return undefined;
  }
  return undefined;
}

/** Index of the script of `sh -c script`; the option may be joined with others (`-ec`). */
function scriptIndex(words: readonly string[]): number {
  const option = words.findIndex((word, i) => i > 0 && /^-[a-z]*c$/.test(word));
  return option > 0 && option + 1 < words.length ? option + 1 : -1;
}

function scriptProgram(words: readonly string[], at: number): ProgramWords | undefined {
  for (const command of shellCommands(words[at] ?? '')) {
    const start = command.findIndex((word) => !/^\w+=/.test(word) && !launchers.has(word));
    const found = componentName(command[start] ?? '', '');
    if (found === undefined) continue;
    const rest = command.slice(start + 1);
    return { program: found, word: at, words: rest, indices: rest.map(() => at), script: true };
  }
  return undefined;
}

function componentName(word: string, first: string): string | undefined {
  if (word.startsWith('-')) return undefined;
  const name = baseName(word);
  if (components.has(name)) return name;
  return first === 'hyperkube' ? hyperkubeNames.get(name) : undefined;
}

function baseName(word: string): string {
  return word.slice(Math.max(word.lastIndexOf('/'), word.lastIndexOf('\\')) + 1).replace(/\.exe$/, '');
}

/**
 * Splits a shell script into simple commands and their words: quotes, backslashes and comments are honoured, expansions
 * stay as they are written. What a shell would do beyond that (loops, here-documents) is not followed.
 */
export function shellCommands(script: string): string[][] {
  const commands: string[][] = [];
  let words: string[] = [];
  let word: string | undefined;
  let quote = '';
  const endWord = () => {
    if (word !== undefined) words.push(word);
    word = undefined;
  };
  const endCommand = () => {
    endWord();
    if (words.length > 0) commands.push(words);
    words = [];
  };
  for (let i = 0; i < script.length; i++) {
    const c = script.charAt(i);
    if (quote !== '') {
      if (c === quote) quote = '';
      else if (c === '\\' && quote === '"') word += script.charAt(++i);
      else word += c;
    } else if (c === '\\') {
      i++;
      if (script.charAt(i) !== '\n') word = (word ?? '') + script.charAt(i);
    } else if (c === '"' || c === "'") {
      quote = c;
      word ??= '';
    } else if (c === ' ' || c === '\t' || c === '\r') endWord();
    else if (';&|\n()'.includes(c)) endCommand();
    else if (c === '#' && word === undefined) i = lineEnd(script, i) - 1;
    else word = (word ?? '') + c;
  }
  endCommand();
  return commands;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}
