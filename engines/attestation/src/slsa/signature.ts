import { PkiError, type PublicKey, verifySignature } from '@keelson/pki';
import { schemesOf } from '@keelson/signing';

/** Key services write ECDSA as two numbers in DER, some of their users as two numbers side by side. */
const encodings = ['der', 'p1363'] as const;

/** True where a signature holds by one of the schemes that are usual for the key. */
export function holds(key: PublicKey, data: Uint8Array, signature: Uint8Array): boolean {
  const forms = key.type === 'ec' ? encodings : encodings.slice(0, 1);
  return schemesOf(key).some((scheme) =>
    forms.some((encoding) => {
      try {
        return verifySignature(key, scheme, data, signature, { encoding });
      } catch (error) {
        if (error instanceof PkiError) return false;
        throw error;
      }
    }),
  );
}
