import {
  type FlagModel,
  type Values,
  type VerbModel,
  type VocabularyName,
  vocabularies,
  withDescendants,
} from './model.ts';
import { posixQuote } from './quote.ts';

/** Completion for zsh: to be sourced after compinit, or kept as `_keelson` in a folder of `$fpath`. */
export function zshScript(root: VerbModel): string {
  const lines = [
    '#compdef keelson',
    '# zsh completion of keelson: source <(keelson completion zsh)',
    '',
    ...Object.entries(vocabularies).flatMap(([name, words]) => [
      `_keelson_${name}_words=(${words.join(' ')})`,
      `_keelson_${name}() { compadd -a "$@" - _keelson_${name}_words }`,
      `_keelson_${name}_list() { compset -P '*,'; compadd -S '' -a "$@" - _keelson_${name}_words }`,
      '',
    ]),
    '_keelson_revision() {',
    '  compadd "$@" - ${(f)"$(git for-each-ref --format=\'%(refname:short)\' 2>/dev/null)"}',
    '  _files -/',
    '}',
    '',
    ...withDescendants(root).flatMap((verb) => [...verbFunction(verb), '']),
    '# Sourced, the function is registered; found through $fpath, this file is the function.',
    'if [[ $funcstack[1] == _keelson ]]; then',
    '  _keelson "$@"',
    'else',
    '  compdef _keelson keelson',
    'fi',
  ];
  return `${lines.join('\n')}\n`;
}

function verbFunction(verb: VerbModel): string[] {
  const flags = verb.flags.map((flag) => `    ${flagSpec(flag)}`);
  const name = functionName(verb.path);
  if (verb.verbs.length === 0) {
    const operands = verb.operands === undefined ? [] : [`    ${posixQuote(`*:${message(verb.operands)}`)}`];
    return [`${name}() {`, ['  _arguments -s -S', ...flags, ...operands].join(' \\\n'), '}'];
  }
  return [
    `${name}() {`,
    '  local line state',
    ['  _arguments -C', ...flags, "    '1: :->verb'", "    '*:: :->rest'"].join(' \\\n'),
    '  case $state in',
    '    verb)',
    '      local -a verbs=(',
    ...verb.verbs.map(
      ({ path, summary }) => `        ${posixQuote(`${path.at(-1)}:${summary.replaceAll(':', '\\:')}`)}`,
    ),
    '      )',
    '      _describe verb verbs',
    '      ;;',
    '    rest)',
    '      case $line[1] in',
    ...verb.verbs.map(({ path }) => `        ${path.at(-1)}) ${functionName(path)} ;;`),
    '      esac',
    '      ;;',
    '  esac',
    '}',
  ];
}

function functionName(path: readonly string[]): string {
  const words = path.map((name) => name.replaceAll('-', '_'));
  return path.length === 0 ? '_keelson' : ['_keelson_verb', ...words].join('_');
}

/** A specification of `_arguments`. */
function flagSpec({ name, short, about, isRepeatable, value }: FlagModel): string {
  const text = `[${about.replace(/[[\]:\\]/g, '\\$&')}]`;
  const action =
    value === undefined ? '' : `${value.isOptional ? ':' : ''}:${message(value.values, value.isList)}`;
  const long = value === undefined ? `--${name}` : `--${name}=${value.isOptional ? '-' : ''}`;
  const names = short === undefined ? [long] : [`-${short}${value === undefined ? '' : '+'}`, long];
  const exclusive = isRepeatable ? '*' : names.length > 1 ? `(-${short} --${name})` : '';
  return names.map((each) => posixQuote(`${exclusive}${each}${text}${action}`)).join(' ');
}

/** What a value is called, and how it is completed. */
function message(values: Values, isList = false): string {
  switch (values.type) {
    case 'file':
      return 'file:_files';
    case 'folder':
      return 'folder:_files -/';
    case 'revision':
      return 'revision or folder:_keelson_revision';
    case 'text':
      return 'value: ';
    case 'words':
      return wordsAction(values.words, values.name, isList);
  }
}

function wordsAction(words: readonly string[], name: VocabularyName | undefined, isList: boolean): string {
  if (name !== undefined) return `${name}:_keelson_${name}${isList ? '_list' : ''}`;
  if (words.some((word) => word.endsWith('='))) return `value:compadd -S "" - ${words.join(' ')}`;
  return `value:(${words.join(' ')})`;
}
