import { type FlagModel, type Values, type VerbModel, vocabularies, withDescendants } from './model.ts';
import { fishQuote } from './quote.ts';

/** Completion for fish: to be sourced, or kept as `keelson.fish` in a folder of `$fish_complete_path`. */
export function fishScript(root: VerbModel): string {
  const lines = [
    '# fish completion of keelson: keelson completion fish | source',
    ...Object.entries(vocabularies).map(
      ([name, words]) => `set -g __keelson_${name}_words ${words.join(' ')}`,
    ),
    '',
    '# True where the words after keelson begin with the verbs named.',
    'function __keelson_at',
    '  set -l words (commandline -opc)',
    '  set -l last (math (count $argv) + 1)',
    '  test "$words[2..$last]" = "$argv"',
    'end',
    '',
    '# True where the next word is a verb below those named.',
    'function __keelson_wants_verb',
    '  set -l words (commandline -opc)',
    '  test "$words[2..]" = "$argv"',
    'end',
    '',
    '# The words behind what the list in the current word has already.',
    'function __keelson_list',
    "  set -l before (string replace -r '^(--[^=]*=)?' '' -- (commandline -ct) | string match -r '^.*,')",
    '  printf \'%s\\n\' "$before"$argv',
    'end',
    '',
    'complete -c keelson -f',
    ...withDescendants(root).flatMap((verb) => verbLines(verb)),
  ];
  return `${lines.join('\n')}\n`;
}

function verbLines(verb: VerbModel): string[] {
  const names = verb.path.join(' ');
  const at = fishQuote(
    verb.verbs.length > 0 ? `__keelson_wants_verb ${names}`.trimEnd() : `__keelson_at ${names}`,
  );
  const operands =
    verb.operands === undefined ? [] : [`complete -c keelson -n ${at} ${valueOptions(verb.operands, false)}`];
  return [
    ...verb.verbs.map(
      ({ path, summary }) =>
        `complete -c keelson -n ${at} -f -a ${fishQuote(path.at(-1) ?? '')} -d ${fishQuote(summary)}`,
    ),
    ...verb.flags.map((flag) => `complete -c keelson -n ${at} ${flagOptions(flag)}`),
    ...operands,
  ];
}

function flagOptions({ name, short, about, value }: FlagModel): string {
  const parts = [`-l ${name}`];
  if (short !== undefined) parts.push(`-s ${short}`);
  if (value !== undefined) {
    // -r: the next word is the value. A value that may be left out is completed behind = only.
    if (!value.isOptional) parts.push('-r');
    parts.push(valueOptions(value.values, value.isList));
  }
  return [...parts, `-d ${fishQuote(about)}`].join(' ');
}

function valueOptions(values: Values, isList: boolean): string {
  switch (values.type) {
    case 'file':
      return '-F';
    case 'text':
      return '-f';
    case 'folder':
      return `-f -a ${fishQuote(`(${folders})`)}`;
    case 'revision':
      return `-f -a ${fishQuote(`(git for-each-ref --format='%(refname:short)' 2>/dev/null; ${folders})`)}`;
    case 'words': {
      const words = values.name === undefined ? values.words.join(' ') : `$__keelson_${values.name}_words`;
      if (isList) return `-f -a ${fishQuote(`(__keelson_list ${words})`)}`;
      return `-f -a ${fishQuote(values.name === undefined ? words : `(printf '%s\\n' ${words})`)}`;
    }
  }
}

const folders = '__fish_complete_directories (commandline -ct)';
