import { expect, test } from 'vitest';
import { parseDigest } from './digest.ts';
import { OciError } from './errors.ts';
import { evaluateWithImages, type VerifiableImage } from './image-verifier.ts';

const digest = parseDigest(`sha256:${'a'.repeat(64)}`);
const image = (reference: string): VerifiableImage => ({
  reference,
  digest,
  signedBy: () => ({ isMet: true, faults: [] }),
  attestedBy: () => ({ isMet: false, faults: [], payloads: [] }),
  data: () => ({ manifest: {}, config: {} }),
});

test('what was not loaded is loaded, and all is evaluated again', async () => {
  const loaded: string[] = [];
  let evaluations = 0;
  const result = await evaluateWithImages(
    async (reference) => {
      loaded.push(reference);
      return image(reference);
    },
    ['a'],
    (lookup) => {
      evaluations++;
      // The second is asked for only where the first is known, as a rule reads a name in it.
      return lookup('a') === undefined || lookup('b') === undefined ? 'too soon' : 'both';
    },
  );
  expect([result, loaded, evaluations]).toEqual(['both', ['a', 'b'], 2]);
});

test('an image that cannot be read is told to who asks for it', async () => {
  const gone = new OciError('CONTENT_NOT_FOUND', 'gone');
  const load = () => Promise.reject(gone);
  expect(await evaluateWithImages(load, [], (lookup) => lookup('a'))).toBe(gone);
  const wrong = () => Promise.reject(new TypeError('a mistake'));
  await expect(evaluateWithImages(wrong, ['a'], () => 1)).rejects.toThrow(TypeError);
});

test('a rule that never has enough is stopped', async () => {
  let at = 0;
  const endless = evaluateWithImages(
    async (reference) => image(reference),
    [],
    (lookup) => lookup(`i${at++}`),
  );
  await expect(endless).rejects.toMatchObject({ code: 'MANIFEST_LIMIT' });
});
