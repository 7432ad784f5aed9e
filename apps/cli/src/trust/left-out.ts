import { terminalSafe } from '@keelson/report';
import { type Bundle, cosignSignPredicate, statedType } from '@keelson/signing';

/** So many types are told; the JSON form has all. */
const maxShown = 5;
/** Characters of one, which strangers wrote. */
const maxLength = 200;

/** What something says of itself that it is. Nothing of it was verified. */
export function claimOf(bundle: Bundle): string {
  const type = statedType(bundle);
  if (type === undefined) return 'what cannot be read';
  return type === cosignSignPredicate ? 'signature' : type;
}

/** What stands beside an image and was not asked for, by what it says that it is. */
export function leftOutLine(claims: readonly string[]): string {
  const kinds = [...new Set(claims)].sort();
  const more = kinds.length > maxShown ? ` and ${kinds.length - maxShown} more` : '';
  const shown = kinds
    .slice(0, maxShown)
    .map((kind) => terminalSafe(kind.length > maxLength ? `${kind.slice(0, maxLength)}…` : kind));
  return `${claims.length} of other kinds, not asked for: ${shown.join(', ')}${more}`;
}
