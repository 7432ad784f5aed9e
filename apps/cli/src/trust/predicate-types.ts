import { predicateTypes, predicateTypeUri } from '@keelson/signing';
import { CommandError } from '../errors.ts';
import { suggestion } from '../suggest.ts';

export { predicateTypes, predicateTypeUri as predicateTypeOf } from '@keelson/signing';

/** All short names, for help: in lines that fit the page. */
export const predicateTypeNames = Object.keys(predicateTypes)
  .join(', ')
  .replace(/(.{80,100}), /g, `$1,\n${' '.repeat(23)}`);

/** What to say of a type that is neither a URI nor a short name. */
export function noPredicateType(text: string): CommandError {
  const names = Object.keys(predicateTypes);
  return new CommandError(
    'USAGE',
    `--type ${text}${suggestion(text, names)}: it is a URI, or one of ${names.join(', ')}`,
  );
}

/**
 * The type that an attestation is to be of. Older programs wrote types without a scheme, so only what looks like a short name must be one.
 *
 * @throws CommandError USAGE
 */
export function wantedPredicateType(text: string): string {
  const type = predicateTypeUri(text);
  if (/[/:]/.test(type)) return type;
  throw noPredicateType(text);
}
