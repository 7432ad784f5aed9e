import type { Flag } from '../flags.ts';
import { defineVerb, type VerbForm } from '../verb.ts';
import type { VerbModule } from '../verbs.ts';
import { reportFaults } from './faults.ts';

type Flags = Readonly<Record<string, Flag>>;
type Main<T extends Flags> = Parameters<typeof defineVerb<T>>[1];

interface PolicyVerbForm<T extends Flags> extends VerbForm<T> {
  /** What `--quiet` leaves where policies are wrong, besides the exit code. */
  quiet?: 'errors';
}

/** A verb about policies: errors of policies are told on stderr, and switches may have a value, as `opa` takes them. */
export function policyVerb<T extends Flags>(form: PolicyVerbForm<T>, main: Main<T>): VerbModule {
  const verb = defineVerb(form, (read) => {
    const isQuiet = read.tokens.some((token) => token.kind === 'option' && token.name === 'quiet');
    return reportFaults(isQuiet && form.quiet !== 'errors', () => main(read));
  });
  return { ...verb, run: (args) => verb.run(asOpaReads(args, form.flags)) };
}

/**
 * As `opa` takes them: `--strict=true` is `--strict`, and `--strict=false` nothing; a switch that is on by itself takes a
 * value, `--fail=false`; `-f=json` is `-f json`; and what stands behind a flag that wants a value is its value, whatever it begins with.
 */
function asOpaReads(args: readonly string[], flags: Flags): string[] {
  const read: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    if (arg === '--') return [...read, ...args.slice(at)];
    const [, name = '', value] = /^--([^=]+)(?:=(.*))?$/s.exec(longForm(arg, flags)) ?? [];
    const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
    const next = args[at + 1];
    if (flag?.optional === true) read.push(`--${name}=${value ?? 'true'}`);
    else if (flag?.type === 'boolean' && (value === 'true' || value === 'false'))
      read.push(...(value === 'true' ? [`--${name}`] : []));
    else if (flag?.type === 'string' && (value ?? next) !== undefined) {
      read.push(`--${name}=${value ?? next}`);
      at += value === undefined ? 1 : 0;
    } else read.push(arg);
  }
  return read;
}

/** `-f=json` and `-f json` with the flag's long name. */
function longForm(arg: string, flags: Flags): string {
  const [, short, rest = ''] = /^-([^-=])(=.*)?$/s.exec(arg) ?? [];
  const named = Object.entries(flags).find(([, flag]) => flag.short !== undefined && flag.short === short);
  return named === undefined ? arg : `--${named[0]}${rest}`;
}
