import { KmsError } from '../errors.ts';

/**
 * `hashivault://KEY`, or `openbao://KEY`: a key of the transit engine.
 *
 * @param rest what stands behind the scheme
 * @throws KmsError KMS_REFERENCE_INVALID
 */
export function readVaultReference(rest: string): string {
  if (!/^\w(?:[\w.-]{0,126}\w)?$/.test(rest))
    throw new KmsError('KMS_REFERENCE_INVALID', 'a key in Vault is written hashivault://KEY');
  return rest;
}
