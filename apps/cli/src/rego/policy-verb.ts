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
  return { ...verb, run: (args) => verb.run(withoutSwitchValues(args, form.flags)) };
}

/** `--strict=true` is `--strict`, and `--strict=false` nothing; a switch that is on by itself takes a value: `--fail=false`. */
function withoutSwitchValues(args: readonly string[], flags: Flags): string[] {
  return args.flatMap((arg) => {
    const [, name = '', value] = /^--([^=]+)(?:=(true|false))?$/.exec(arg) ?? [];
    const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
    if (flag?.optional === true && value === undefined) return [`--${name}=true`];
    if (flag?.type !== 'boolean' || value === undefined) return [arg];
    return value === 'true' ? [`--${name}`] : [];
  });
}
