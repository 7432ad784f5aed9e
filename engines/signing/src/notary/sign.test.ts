import { describe, expect, test } from 'vitest';
import { caExtensions, hour, issue, newKey, noon } from '../testing/authority.ts';
import { type NotarySignOptions, notarySignerOf, signNotation } from './sign.ts';
import { chain, root, signer, stampAt, stampRoot, target } from './testing/world.ts';

const options: NotarySignOptions = {
  format: 'jws',
  signer: notarySignerOf(signer.key),
  chain,
  signingTime: noon + hour,
};
const stamps = (time: number) => ({ request: stampAt(time), roots: [stampRoot.certificate] });

describe('requests to sign', () => {
  const other = issue('other', undefined, caExtensions());
  test.each<[string, Partial<NotarySignOptions>, string]>([
    ['another key', { signer: notarySignerOf(newKey()) }, 'NOTARY_REQUEST_INVALID'],
    ['another chain', { chain: [signer.certificate, other.certificate] }, 'NOTARY_CHAIN_INVALID'],
    ['an expired certificate', { signingTime: noon + 25 * hour }, 'NOTARY_CERTIFICATE_TIME'],
    ['an expiry in the past', { expiry: noon + hour }, 'NOTARY_REQUEST_INVALID'],
    ['no time', { signingTime: Number.NaN }, 'NOTARY_REQUEST_INVALID'],
    ['reserved metadata', { metadata: new Map([['io.cncf.notary.x', 'y']]) }, 'NOTARY_REQUEST_INVALID'],
    [
      'another scheme of the key',
      { signer: { ...options.signer, scheme: 'ecdsa-sha512' } },
      'NOTARY_REQUEST_INVALID',
    ],
    [
      'a wrong signature',
      { signer: { ...options.signer, sign: (bytes) => notarySignerOf(newKey()).sign(bytes) } },
      'SIGNATURE_WRONG',
    ],
    [
      'no signature',
      { signer: { ...options.signer, sign: async () => new Uint8Array(3) } },
      'SIGNATURE_WRONG',
    ],
    [
      'a timestamp in the other scheme',
      { scheme: 'notary.x509.signingAuthority', timestamp: stamps(noon + 2 * hour) },
      'NOTARY_REQUEST_INVALID',
    ],
    ['a timestamp from before', { timestamp: stamps(noon + hour - 1_000) }, 'TIMESTAMP_WRONG'],
    [
      'a timestamp of a stranger',
      { timestamp: { ...stamps(noon + 2 * hour), roots: [root.certificate] } },
      'TIMESTAMP_WRONG',
    ],
  ])('refused: %s', async (_, more, expected) => {
    for (const format of ['jws', 'cose'] as const)
      await expect(signNotation(target, { ...options, format, ...more })).rejects.toThrow(
        expect.objectContaining({ code: expected }),
      );
  });
});
