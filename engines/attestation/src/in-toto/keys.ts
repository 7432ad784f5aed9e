import { createHash } from 'node:crypto';
import type { JsonFields } from '@keelson/core';
import { canonicalJson, MetadataKey, readMetadataKey } from '@keelson/envelopes';
import { PkiError, publicKeyFromPem, writePem } from '@keelson/pki';
import { AttestationError } from '../errors.ts';
import { documentFields } from '../fields.ts';
import { type AttestationLimits, defaultAttestationLimits } from '../limits.ts';

/**
 * The key of an owner, from a file: PEM, or the JSON form of in-toto. In PEM it has the id that in-toto 3 gives it, the hash of its JSON
 * form, unless told another.
 *
 * @throws AttestationError LAYOUT_KEY_INVALID
 */
export function readLayoutKey(
  file: string | Uint8Array,
  keyId?: string,
  limits: AttestationLimits = defaultAttestationLimits,
): MetadataKey {
  const bytes = typeof file === 'string' ? Buffer.from(file) : file;
  if (bytes[0] !== 0x7b) return fromPem(Buffer.from(bytes).toString('latin1'), keyId);
  const fields = documentFields(bytes, 'the key', 'LAYOUT_KEY_INVALID', limits);
  const id = keyId ?? fields.optionalText('keyid');
  if (id === undefined) throw fields.invalid('keyid', 'is missing');
  return readLayoutKeyFields(id, fields);
}

/** A key of a layout. The id that it says of itself is the one by which it stands there. */
export function readLayoutKeyFields(id: string, fields: JsonFields): MetadataKey {
  const own = fields.optionalText('keyid');
  if (own !== undefined && own !== id)
    throw fields.invalid('keyid', `is ${own}, and the key stands for ${id}`);
  return readMetadataKey(id, fields);
}

/** Kinds of keys and their schemes as in-toto writes them. */
const kinds = {
  rsa: ['rsa', 'rsassa-pss-sha256', 'rsa-pss-sha256'],
  ed25519: ['ed25519', 'ed25519', 'ed25519'],
  'P-256': ['ecdsa', 'ecdsa-sha2-nistp256', 'ecdsa-sha256'],
  'P-384': ['ecdsa', 'ecdsa-sha2-nistp384', 'ecdsa-sha384'],
} as const;

function fromPem(text: string, keyId: string | undefined): MetadataKey {
  try {
    const key = publicKeyFromPem(text);
    const kind = key.type === 'ec' ? key.curve : key.type;
    if (kind === undefined || kind === 'P-521')
      throw new AttestationError('LAYOUT_KEY_INVALID', 'in-toto has no scheme for keys on P-521');
    const [keytype, scheme, algorithm] = kinds[kind];
    const written =
      kind === 'ed25519' ? Buffer.from(key.keyBytes).toString('hex') : writePem('PUBLIC KEY', key.spki);
    const form = { keytype, scheme, keyval: { public: written } };
    const id =
      keyId ??
      createHash('sha256')
        .update(canonicalJson(form) ?? '')
        .digest('hex');
    return new MetadataKey(id, algorithm, written);
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    throw new AttestationError('LAYOUT_KEY_INVALID', `the key cannot be read: ${error.message}`, {
      cause: error,
    });
  }
}
