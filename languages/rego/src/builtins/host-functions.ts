import {
  fromJson,
  isArray,
  isPlainObject,
  numberFromBigInt,
  objectOf,
  RegoObject,
  type RegoValue,
} from '../values/index.ts';
import { type BuiltinArguments, type BuiltinContext, type BuiltinFamily, builtinError } from './builtin.ts';
import { cached } from './cache.ts';
import { int64Operand, stringOperand } from './operands.ts';

/** Functions of chance and of the program that evaluates, all through the host. */

/** A number below another, the same for the same name and bound within an evaluation. */
function randomInteger(args: BuiltinArguments, context: BuiltinContext): RegoValue {
  const name = stringOperand(args, 1);
  const operand = int64Operand(args, 2);
  if (operand === 0n) return 0;
  const bound = operand < 0n ? -operand : operand;
  return cached(context, 'rand.intn', [name, numberFromBigInt(bound)], () => {
    const bytes = context.host.randomBytes?.(16);
    if (bytes === undefined) throw builtinError('the host gives no random bytes');
    // 128 bits make the favour for small numbers too small to matter.
    const random = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    return numberFromBigInt(random % bound);
  });
}

/** What the host shows of itself, without what a configuration keeps secret. */
function runtime(_args: BuiltinArguments, context: BuiltinContext): RegoObject {
  const information = context.host.runtime?.();
  const out = objectOf([]);
  if (information === undefined) return out;
  const { config, env, version, commit } = information;
  if (config !== undefined) out.set('config', redact(fromJson(JSON.stringify(config))));
  if (env !== undefined) out.set('env', objectOf(Object.entries(env)));
  if (version !== undefined) out.set('version', version);
  return commit === undefined ? out : out.set('commit', commit);
}

const secrets = new Map([
  ['services', ['credentials']],
  ['keys', ['key', 'private_key']],
]);

/** The configuration without the credentials of services and without keys. */
function redact(config: RegoValue): RegoValue {
  return mapMembers(config, (section, name) => {
    const hidden = secrets.get(name);
    if (hidden === undefined) return section;
    const clean = (entry: RegoValue): RegoValue =>
      mapMembers(entry, (value, key) => (hidden.includes(key) ? undefined : value));
    return isArray(section) ? section.map(clean) : mapMembers(section, clean);
  });
}

function mapMembers(
  value: RegoValue,
  change: (value: RegoValue, name: string) => RegoValue | undefined,
): RegoValue {
  if (!isPlainObject(value)) return value;
  const out = new RegoObject();
  for (const [name, member] of Object.entries(value)) {
    const changed = change(member, name);
    if (changed !== undefined) out.set(name, changed);
  }
  return out;
}

export const hostFunctions: BuiltinFamily = { 'opa.runtime': runtime, 'rand.intn': randomInteger };
