import {
  type FlagModel,
  type Values,
  type VerbModel,
  type VocabularyName,
  vocabularies,
  withDescendants,
} from './model.ts';
import { posixQuote } from './quote.ts';

/**
 * Completion for bash 3.2 and newer, without the bash-completion package. All words stand in the script: a TAB starts
 * no process. An empty COMPREPLY makes readline complete files, which it quotes better than any function.
 */
export function bashScript(root: VerbModel): string {
  const all = withDescendants(root);
  const lines = [
    '# bash completion of keelson: source <(keelson completion bash)',
    ...Object.entries(vocabularies).map(
      ([name, words]) => `_keelson_${name}_words=${posixQuote(words.join(' '))}`,
    ),
    '',
    '# Sets kind and words for the value of a flag of a verb; fails for a flag that takes none.',
    '_keelson_value() {',
    '  case "$1 $2" in',
    ...all.flatMap((verb) => verb.flags.flatMap((flag) => valueCase(verb, flag))),
    '    *) return 1 ;;',
    '  esac',
    '}',
    '',
    '# Sets flags, kind and words for a verb; fails for what is none.',
    '_keelson_verb() {',
    '  case "$1" in',
    ...all.flatMap(verbCase),
    '    *) return 1 ;;',
    '  esac',
    '}',
    '',
    ...engine,
  ];
  return `${lines.join('\n')}\n`;
}

function valueCase(verb: VerbModel, { name, short, value }: FlagModel): string[] {
  if (value === undefined) return [];
  const names = [`--${name}`, ...(short === undefined ? [] : [`-${short}`])];
  const patterns = names.map((flag) => posixQuote(`${verb.path.join(' ')} ${flag}`)).join('|');
  const marks = [value.isList ? 'list=1' : '', value.isOptional ? 'optional=1' : ''].filter(Boolean);
  return [`    ${patterns}) ${[...assignments(value.values), ...marks].join(' ')} ;;`];
}

function verbCase(verb: VerbModel): string[] {
  const flags = verb.flags.map(({ name }) => `--${name}`).join(' ');
  const names = verb.verbs.map(({ path }) => path.at(-1) ?? '');
  const values: Values = verb.operands ?? { type: 'words', words: names };
  return [
    `    ${posixQuote(verb.path.join(' '))}) flags=${posixQuote(flags)} ${assignments(values).join(' ')} ;;`,
  ];
}

function assignments(values: Values): string[] {
  if (values.type !== 'words') return [`kind='${values.type}'`];
  return ['kind=words', `words=${wordsOf(values.words, values.name)}`];
}

function wordsOf(words: readonly string[], name: VocabularyName | undefined): string {
  return name === undefined ? posixQuote(words.join(' ')) : `$_keelson_${name}_words`;
}

const engine = [
  '_keelson() {',
  '  local cur=${COMP_WORDS[COMP_CWORD]} flags kind words list optional word i',
  "  local path='' flag='' equals='' operands='' before=''",
  '  COMPREPLY=()',
  '  for ((i = 1; i < COMP_CWORD; i++)); do',
  '    word=${COMP_WORDS[i]}',
  '    # readline makes a word of its own of the = in --flag=value.',
  '    if [[ -n $flag && $word == = ]]; then',
  '      equals=1',
  '    elif [[ -n $flag && ( -z $optional || -n $equals ) ]]; then',
  '      flag=',
  '    elif [[ -n $operands ]]; then',
  '      flag=',
  '    elif [[ $word == -- ]]; then',
  "      flag='' operands=1",
  '    elif [[ $word == -* ]]; then',
  "      flag=$word equals='' list='' optional=''",
  '      _keelson_value "$path" "$flag" || flag=',
  '    elif _keelson_verb "${path:+$path }$word"; then',
  '      path=${path:+$path }$word',
  '    fi',
  '  done',
  '  if [[ -n $flag && $cur == = ]]; then',
  '    equals=1 cur=',
  '  fi',
  '  if [[ -n $flag && ( -z $optional || -n $equals ) ]]; then',
  "    kind='' words='' list=''",
  '    _keelson_value "$path" "$flag"',
  '  else',
  '    list=',
  '    _keelson_verb "$path"',
  '    if [[ $cur == -* && -z $operands ]]; then',
  '      kind=words words=$flags',
  '    fi',
  '  fi',
  '  [[ $kind == file ]] && return',
  '  type compopt >/dev/null 2>&1 && compopt +o default +o bashdefault 2>/dev/null',
  '  if [[ -n $list && $cur == *,* ]]; then',
  '    before=${cur%,*}, cur=${cur##*,}',
  '  fi',
  '  case $kind in',
  '    revision) words=$(git for-each-ref --format="%(refname:short)" 2>/dev/null) ;;',
  '    words) ;;',
  '    *) words= ;;',
  '  esac',
  '  # compgen -W would expand what stands in the words, and a branch can be named like a command.',
  '  while IFS= read -r word; do',
  '    [[ -n $word && $word == "$cur"* && $word != *[!A-Za-z0-9._/@=+-]* ]] && COMPREPLY+=("$before$word")',
  '  done <<<"${words// /$\'\\n\'}"',
  '  if [[ $kind == folder || $kind == revision ]]; then',
  '    while IFS= read -r word; do',
  '      COMPREPLY+=("$word")',
  '    done < <(compgen -d -- "$cur")',
  '    type compopt >/dev/null 2>&1 && compopt -o filenames 2>/dev/null',
  '  fi',
  '  if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]]; then',
  '    type compopt >/dev/null 2>&1 && compopt -o nospace 2>/dev/null',
  '  fi',
  '}',
  '',
  'complete -o bashdefault -o default -F _keelson keelson',
];
