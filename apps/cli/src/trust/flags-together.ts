import { CommandError } from '../errors.ts';

/**
 * Refuses a flag that one way of verifying or signing does not look at: whoever gives it asks for what nobody would do.
 *
 * @param way for the message: the flag that chose it
 * @param reason why it looks at no other flags
 * @throws CommandError USAGE
 */
export function demandOnly(
  values: Readonly<Record<string, unknown>>,
  looksAt: ReadonlySet<string>,
  way: string,
  reason: string,
): void {
  const other = Object.entries(values).find(([name, value]) => value !== undefined && !looksAt.has(name));
  if (other !== undefined)
    throw new CommandError('USAGE', `${way} and --${other[0]} do not go together: ${reason}`);
}
