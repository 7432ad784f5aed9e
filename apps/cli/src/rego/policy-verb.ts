import type { Flag } from '../flags.ts';
import { defineVerb, type VerbForm } from '../verb.ts';
import type { VerbModule } from '../verbs.ts';
import { reportFaults } from './faults.ts';

type Flags = Readonly<Record<string, Flag>>;
type Main<T extends Flags> = Parameters<typeof defineVerb<T>>[1];

/** A verb about policies: errors of policies are told on stderr, and switches may have a value, as `opa` takes them. */
export function policyVerb<T extends Flags>(form: VerbForm<T>, main: Main<T>): VerbModule {
  const verb = defineVerb(form, (read) => {
    const isQuiet = read.tokens.some((token) => token.kind === 'option' && token.name === 'quiet');
    return reportFaults(isQuiet, () => main(read));
  });
  return { ...verb, run: (args) => verb.run(asOpaReads(args, form.flags)) };
}

/**
 * As `opa` takes them: `--strict=true` is `--strict`, and `--strict=false` nothing; a switch that is on by itself takes a
 * value, `--fail=false`; and what stands behind a flag that wants a value is its value, whatever it begins with.
 */
function asOpaReads(args: readonly string[], flags: Flags): string[] {
  const read: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    if (arg === '--') return [...read, ...args.slice(at)];
    const [, name = '', value] = /^--([^=]+)(?:=(.*))?$/s.exec(arg) ?? [];
    const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
    const next = args[at + 1];
    if (flag?.optional === true) read.push(`--${name}=${value ?? 'true'}`);
    else if (flag?.type === 'boolean' && (value === 'true' || value === 'false'))
      read.push(...(value === 'true' ? [`--${name}`] : []));
    else if (flag?.type === 'string' && value === undefined && next !== undefined) {
      read.push(`--${name}=${next}`);
      at += 1;
    } else read.push(arg);
  }
  return read;
}
