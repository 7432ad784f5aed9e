import { expect, test } from 'vitest';
import { ContentVerifier, digestOf, isDigest, parseDigest, verified, verifyContent } from './index.ts';

const empty = 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a';
const bytes = new TextEncoder().encode('{}');

test('the digest of the empty descriptor is the one of the image-spec', () => {
  expect(digestOf(bytes)).toBe(empty);
  expect(isDigest(digestOf(bytes, 'sha512'))).toBe(true);
});

test.each([
  ['sha256', 'DIGEST_INVALID'],
  ['sha256:', 'DIGEST_INVALID'],
  ['sha256:zz', 'DIGEST_INVALID'],
  [`sha256:${'A'.repeat(64)}`, 'DIGEST_INVALID'],
  [`sha256:${'a'.repeat(63)}`, 'DIGEST_INVALID'],
  [`SHA256:${'a'.repeat(64)}`, 'DIGEST_INVALID'],
  [`sha1:${'a'.repeat(40)}`, 'DIGEST_UNSUPPORTED'],
  [`constructor:${'a'.repeat(40)}`, 'DIGEST_UNSUPPORTED'],
  [`sha256+b64u.unknown:${'a'.repeat(40)}`, 'DIGEST_UNSUPPORTED'],
  [`sha256:${'a'.repeat(1000)}`, 'DIGEST_INVALID'],
])('%s is refused: %s', (text, code) => {
  expect(() => parseDigest(text)).toThrow(expect.objectContaining({ code }));
});

test.each([
  ['the right bytes', '{}', 2, undefined],
  ['other bytes', '[]', 2, 'DIGEST_MISMATCH'],
  ['fewer bytes', '{', 2, 'SIZE_MISMATCH'],
  ['more bytes', '{} ', 2, 'SIZE_MISMATCH'],
  ['no size', '{}', undefined, undefined],
  ['no size and more bytes', '{} ', undefined, 'DIGEST_MISMATCH'],
])('%s: %s of size %s', (_, text, size, code) => {
  const check = () => verifyContent(new TextEncoder().encode(text), { digest: parseDigest(empty), size });
  if (code === undefined) check();
  else expect(check).toThrow(expect.objectContaining({ code }));
});

test('endless content is stopped at its size', () => {
  const verifier = new ContentVerifier({ digest: parseDigest(empty), size: 2 });
  verifier.update(bytes);
  expect(() => verifier.update(bytes)).toThrow(expect.objectContaining({ code: 'SIZE_MISMATCH' }));
});

test('content in pieces is checked at its end', async () => {
  async function* pieces(...texts: string[]) {
    for (const text of texts) yield new TextEncoder().encode(text);
  }
  const read = async (...texts: string[]) => {
    const found: Uint8Array[] = [];
    for await (const piece of verified(pieces(...texts), { digest: parseDigest(empty), size: 2 }))
      found.push(piece);
    return found.length;
  };
  expect(await read('{', '}')).toBe(2);
  await expect(read('{', ']')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
  await expect(read('{')).rejects.toMatchObject({ code: 'SIZE_MISMATCH' });
});
