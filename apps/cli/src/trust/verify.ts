import { CommandError } from '../errors.ts';
import { choiceOf, UnknownFlagError } from '../flag-values.ts';
import type { VerbUsage } from '../flags.ts';
import type { VerbModule } from '../verbs.ts';
import { type WayName, wayNames } from './verify/way.ts';

/** The ways of verifying, each a verb of its own: its flags are those that it looks at. Only the one that is asked for is loaded. */
const ways: Readonly<Record<WayName, () => Promise<VerbModule>>> = {
  cosign: () => import('./verify/cosign.ts'),
  notation: () => import('./verify/notation.ts'),
  policy: () => import('./verify/policy.ts'),
  slsa: () => import('./verify/slsa.ts'),
  npm: () => import('./verify/npm.ts'),
  vsa: () => import('./verify/vsa.ts'),
  'in-toto': () => import('./verify/in-toto.ts'),
  tekton: () => import('./verify/tekton.ts'),
};

/** `keelson verify`. */
export async function run(args: readonly string[]): Promise<number> {
  const name = wayOf(args);
  const { run: verify } = await ways[name]();
  try {
    return await verify(args);
  } catch (error) {
    if (error instanceof UnknownFlagError) throw await misplaced(name, args, error);
    throw error;
  }
}

/** The flags of all ways. Where two describe one, the first way's words stand. */
export async function usage(): Promise<VerbUsage> {
  const usages = await Promise.all(wayNames.map(async (name) => (await ways[name]()).usage()));
  usages.reverse();
  return {
    flags: Object.assign({}, ...usages.map(({ flags }) => flags)),
    help: usages.map(({ help }) => help).join('\n'),
    operands: 'file',
  };
}

/**
 * The way that the arguments choose. A value that begins with `--` is refused where it does not follow `=`, so whatever looks like one
 * of these flags is that flag.
 *
 * @throws CommandError USAGE
 */
function wayOf(args: readonly string[]): WayName {
  const asked = choiceOf('with', asksFor(args), wayNames);
  if (!beforeOperands(args).some((arg) => policyFlag.test(arg))) return asked ?? 'cosign';
  if (asked === undefined || asked === 'policy') return 'policy';
  throw new CommandError('USAGE', `--policy and --with ${asked} do not go together`);
}

const policyFlag = /^--(?:policy|manifests)(?:=|$)/;

/** The value of `--with`; whether it is given twice is seen where all flags are read. */
function asksFor(args: readonly string[]): string | undefined {
  const flags = beforeOperands(args);
  const at = flags.findIndex((arg) => /^--with(?:=|$)/.test(arg));
  const flag = flags[at];
  return flag === '--with' ? flags[at + 1] : flag?.slice('--with='.length);
}

function beforeOperands(args: readonly string[]): readonly string[] {
  const end = args.indexOf('--');
  return end === -1 ? args : args.slice(0, end);
}

/** What is wrong with a flag that only other ways have: whoever gives it asks for what nobody would do. */
async function misplaced(name: WayName, args: readonly string[], error: UnknownFlagError): Promise<Error> {
  const others: WayName[] = [];
  for (const other of wayNames) {
    const { flags } = await (await ways[other]()).usage();
    if (Object.hasOwn(flags, error.flag)) others.push(other);
  }
  if (others.length === 0) return error;
  const chosen = name === 'policy' ? '--policy' : `--with ${name}`;
  const said = name === 'cosign' && asksFor(args) === undefined ? 'the form of cosign' : chosen;
  const [last, ...before] = others.map((other) => `--with ${other}`).reverse();
  const list = before.length === 0 ? last : `${before.reverse().join(', ')} and ${last}`;
  return new CommandError('USAGE', `${said} and --${error.flag} do not go together: it is for ${list}`);
}
