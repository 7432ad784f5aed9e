import type { JsonFields } from '@keelson/core';

/** What is checked of a signature (trust-store-trust-policy.md, signature verification details). */
export const checks = ['integrity', 'authenticity', 'authenticTimestamp', 'expiry', 'revocation'] as const;
export type NotaryCheck = (typeof checks)[number];

/** What a check that fails does: it refuses the signature, is told, or is not made. */
export const actions = ['enforce', 'log', 'skip'] as const;
export type CheckAction = (typeof actions)[number];

export const levels = ['strict', 'permissive', 'audit', 'skip'] as const;
export type LevelName = (typeof levels)[number];

/** A level with its overrides worked in. */
export interface VerificationLevel {
  readonly name: LevelName;
  readonly isCustomized: boolean;
  readonly actions: Readonly<Record<NotaryCheck, CheckAction>>;
}

const presets: Readonly<Record<LevelName, VerificationLevel['actions']>> = {
  strict: preset('enforce', 'enforce', 'enforce'),
  permissive: preset('enforce', 'enforce', 'log'),
  audit: preset('enforce', 'log', 'log'),
  skip: preset('skip', 'skip', 'skip'),
};

function preset(
  integrity: CheckAction,
  authenticity: CheckAction,
  others: CheckAction,
): VerificationLevel['actions'] {
  return { integrity, authenticity, authenticTimestamp: others, expiry: others, revocation: others };
}

/** @param fields of `signatureVerification`; faults are those of its reader */
export function readLevel(fields: JsonFields): VerificationLevel {
  const text = fields.text('level');
  const name = levels.find((each) => each === text);
  if (name === undefined) throw fields.invalid('level', `is none of ${levels.join(', ')}`);
  const override = fields.object('override');
  if (override === undefined || override.names().length === 0)
    return { name, isCustomized: false, actions: presets[name] };
  if (name === 'skip')
    throw fields.invalid('override', 'stands beside the level skip, which has nothing to override');
  const own: Partial<Record<NotaryCheck, CheckAction>> = {};
  for (const key of override.names()) {
    const check = checks.find((each) => each === key);
    const value = override.text(key);
    const action = actions.find((each) => each === value);
    if (check === undefined) throw override.invalid(key, `is none of ${checks.join(', ')}`);
    if (action === undefined) throw override.invalid(key, `is none of ${actions.join(', ')}`);
    if (check === 'integrity') throw override.invalid(key, 'cannot be overridden');
    if (action === 'skip' && check !== 'revocation') throw override.invalid(key, 'cannot be skipped');
    own[check] = action;
  }
  return { name, isCustomized: true, actions: { ...presets[name], ...own } };
}
