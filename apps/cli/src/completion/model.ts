import { checkIds } from '@keelson/pack-checks';
import { frameworkNames } from '@keelson/pack-frameworks';
import type { Flag, ValueKind, VerbUsage } from '../flags.ts';
import { verbs } from '../verbs.ts';

/** What completion offers for a value; the words of a kind with a name stand in the script once. */
export type Values =
  | { readonly type: 'text' | 'file' | 'folder' | 'revision' }
  | { readonly type: 'words'; readonly words: readonly string[]; readonly name?: VocabularyName };

/** A flag with all that a shell's script says of it. */
export interface FlagModel {
  /** Without dashes. */
  name: string;
  short?: string;
  about: string;
  isRepeatable: boolean;
  /** Undefined: the flag takes no value. */
  value?: { values: Values; isList: boolean; isOptional: boolean };
}

/** A verb, or a verb below one. */
export interface VerbModel {
  /** From the first verb on: `['checks', 'list']`. */
  path: readonly string[];
  summary: string;
  flags: readonly FlagModel[];
  operands?: Values;
  verbs: readonly VerbModel[];
}

/** Words that more than one place offers. */
export const vocabularies = { check: checkIds, framework: frameworkNames } as const;
export type VocabularyName = keyof typeof vocabularies;

const helpFlag: FlagModel = { name: 'help', short: 'h', about: 'options and examples', isRepeatable: false };
const debugFlag: FlagModel = { name: 'debug', about: 'stack traces for errors', isRepeatable: false };

/** The whole command: the verbs are those below its root. */
export async function commandModel(): Promise<VerbModel> {
  const models = await Promise.all(
    verbs.map(async ({ name, summary, load }) => verbModel([name], summary, await (await load()).usage())),
  );
  const words = verbs.map(({ name }) => name);
  return {
    path: [],
    summary: '',
    flags: [helpFlag, { name: 'version', short: 'V', about: 'the version', isRepeatable: false }],
    verbs: [
      ...models,
      {
        path: ['help'],
        summary: 'options of a verb, with examples',
        flags: [],
        operands: { type: 'words', words },
        verbs: [],
      },
      { path: ['version'], summary: 'the version', flags: [], verbs: [] },
    ],
  };
}

/** The verb and all verbs below it. */
export function withDescendants(verb: VerbModel): VerbModel[] {
  return [verb, ...verb.verbs.flatMap(withDescendants)];
}

function verbModel(path: readonly string[], summary: string, usage: VerbUsage): VerbModel {
  const descriptions = describedFlags(usage.help);
  const flags = Object.entries(usage.flags).map(([name, flag]) =>
    flagModel(name, flag, descriptions.get(name) ?? (name === 'help' ? helpFlag.about : '')),
  );
  return {
    path,
    summary,
    flags: [...flags, ...(Object.hasOwn(usage.flags, 'help') ? [] : [helpFlag]), debugFlag],
    ...(usage.operands === undefined ? {} : { operands: valuesOf(usage.operands) }),
    verbs: Object.entries(usage.verbs ?? {}).map(([name, below]) =>
      verbModel([...path, name], below.summary, below),
    ),
  };
}

function flagModel(name: string, flag: Flag, about: string): FlagModel {
  return {
    name,
    ...(flag.short === undefined ? {} : { short: flag.short }),
    about,
    isRepeatable: flag.multiple ?? false,
    ...(flag.type === 'boolean'
      ? {}
      : {
          value: {
            values: valuesOf(flag.value ?? 'text'),
            isList: flag.list ?? false,
            isOptional: flag.optional ?? false,
          },
        }),
  };
}

function valuesOf(kind: ValueKind): Values {
  if (typeof kind === 'object') return { type: 'words', words: kind.choices };
  if (kind === 'check' || kind === 'framework')
    return { type: 'words', words: vocabularies[kind], name: kind };
  return { type: kind };
}

/**
 * What `--help` says of each flag, in short. A line of help has the flags, two spaces or more, and
 * the text; lines that are indented further go on with it.
 */
export function describedFlags(help: string): ReadonlyMap<string, string> {
  const described = new Map<string, string>();
  let open: string[] = [];
  let isExample = false;
  for (const line of help.split('\n')) {
    // An example may go on in a line that begins with a flag. The helps of several ways to call a verb stand behind each other.
    if (/^(?:Examples?|Usage):/.test(line)) isExample = line.startsWith('Example');
    if (isExample) continue;
    const indent = line.search(/\S/);
    if (indent >= deepIndent) {
      for (const name of open) described.set(name, `${described.get(name)} ${line.trim()}`);
      continue;
    }
    open = [];
    if (indent < 2 || !line.trimStart().startsWith('-')) continue;
    const [left = '', ...right] = line.trim().split(/\s{2,}/);
    for (const [, name = ''] of left.matchAll(/--([a-z][a-z0-9-]*)/g)) {
      described.set(name, right.join(' '));
      open.push(name);
    }
  }
  return new Map([...described].map(([name, text]) => [name, firstPart(text)]));
}

/** The text up to its first stop, without what stands in brackets. */
function firstPart(text: string): string {
  return text.replace(/ \([^)]*\)/g, '').split(/[;:] /)[0] ?? '';
}

/** Where the text of a help's second column may begin at the earliest. */
const deepIndent = 16;
