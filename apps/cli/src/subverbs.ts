import { CommandError } from './errors.ts';
import { exitCodes } from './exit.ts';
import type { VerbUsage } from './flags.ts';
import { writeStdout } from './stdout.ts';
import { suggestion } from './suggest.ts';
import type { VerbModule } from './verbs.ts';

/** A verb below a verb, as `list` in `keelson checks list`; its code is loaded only when it is called. */
export interface Subverb {
  summary: string;
  load: () => Promise<VerbModule>;
}

/** A verb that has verbs below it. */
export interface VerbGroup {
  name: string;
  summary: string;
  verbs: Readonly<Record<string, Subverb>>;
}

/** Runs the verb below that the arguments name. */
export async function runGroup(group: VerbGroup, args: readonly string[]): Promise<number> {
  const [first, ...rest] = args;
  if (first === undefined || first === '--help' || first === '-h') {
    writeStdout(groupHelp(group));
    return first === undefined ? exitCodes.usage : exitCodes.done;
  }
  const names = Object.keys(group.verbs);
  const verb = Object.hasOwn(group.verbs, first) ? group.verbs[first] : undefined;
  if (verb === undefined)
    throw new CommandError(
      'USAGE',
      `keelson ${group.name} has no "${first}"${suggestion(first, names)}; there are ${names.join(', ')}`,
    );
  const { run } = await verb.load();
  return run(rest);
}

/** How the group is called, for completion. */
export async function groupUsage(group: VerbGroup): Promise<VerbUsage> {
  const entries = Object.entries(group.verbs).map(async ([name, verb]) => {
    const { usage } = await verb.load();
    return [name, { ...(await usage()), summary: verb.summary }] as const;
  });
  return { flags: {}, help: groupHelp(group), verbs: Object.fromEntries(await Promise.all(entries)) };
}

function groupHelp({ name, summary, verbs }: VerbGroup): string {
  const width = Math.max(...Object.keys(verbs).map((verb) => verb.length));
  return [
    `keelson ${name}: ${summary}`,
    '',
    `Usage: keelson ${name} VERB [options]`,
    '',
    ...Object.entries(verbs).map(([verb, { summary: words }]) => `  ${verb.padEnd(width)}  ${words}`),
    '',
    `keelson ${name} VERB --help tells a verb’s options, with examples.`,
    '',
  ].join('\n');
}
