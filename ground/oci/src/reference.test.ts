import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatReference, OciError, parseReference } from './index.ts';

const hex = 'a'.repeat(64);

test.each([
  ['nginx', 'docker.io/library/nginx'],
  ['nginx:1.27', 'docker.io/library/nginx:1.27'],
  ['bitnami/redis', 'docker.io/bitnami/redis'],
  ['docker.io/nginx', 'docker.io/library/nginx'],
  ['index.docker.io/a/b', 'docker.io/a/b'],
  ['localhost/app', 'localhost/app'],
  ['localhost:5000/app:v1', 'localhost:5000/app:v1'],
  ['[::1]:5000/app:v1', '[::1]:5000/app:v1'],
  ['127.0.0.1:5000/a/b/c', '127.0.0.1:5000/a/b/c'],
  ['HOST/app', 'HOST/app'],
  ['ghcr.io/a/b__c/d--e:t_.-1', 'ghcr.io/a/b__c/d--e:t_.-1'],
  [`quay.io/a/b@sha256:${hex}`, `quay.io/a/b@sha256:${hex}`],
  [`quay.io/a/b:t@sha512:${hex}${hex}`, `quay.io/a/b:t@sha512:${hex}${hex}`],
  ['docker://nginx:1', 'docker.io/library/nginx:1'],
  ['oci://ghcr.io/a/b:1', 'ghcr.io/a/b:1'],
  ['registry:2', 'docker.io/library/registry:2'],
  ['oci:some/folder', 'oci:some/folder'],
  ['oci:some/folder:v1', 'oci:some/folder:v1'],
  [`oci:some/folder@sha256:${hex}`, `oci:some/folder@sha256:${hex}`],
  ['oci-archive:image.tar:v1', 'oci-archive:image.tar:v1'],
  ['docker-archive:image.tar:app:v1', 'docker-archive:image.tar:app:v1'],
  ['docker-archive:C:\\images\\a.tar:app:v1', 'docker-archive:C:\\images\\a.tar:app:v1'],
  ['dir:/tmp/image', 'dir:/tmp/image'],
])('%s is %s', (text, full) => {
  const reference = parseReference(text);
  expect(formatReference(reference)).toBe(full);
  expect(parseReference(full)).toEqual(reference);
});

test.each([
  ['', 'REFERENCE_INVALID'],
  ['UPPER', 'REFERENCE_INVALID'],
  ['a/UPPER', 'REFERENCE_INVALID'],
  ['a//b', 'REFERENCE_INVALID'],
  ['/a', 'REFERENCE_INVALID'],
  ['a/', 'REFERENCE_INVALID'],
  ['a___b', 'REFERENCE_INVALID'],
  ['a..b', 'REFERENCE_INVALID'],
  ['-a', 'REFERENCE_INVALID'],
  ['a:', 'REFERENCE_INVALID'],
  ['a:-tag', 'REFERENCE_INVALID'],
  [`a:${'t'.repeat(129)}`, 'REFERENCE_INVALID'],
  ['a b', 'REFERENCE_INVALID'],
  ['a\n', 'REFERENCE_INVALID'],
  ['../a', 'REFERENCE_INVALID'],
  ['a/../b', 'REFERENCE_INVALID'],
  ['host.example:port/a', 'REFERENCE_INVALID'],
  ['user@host.example/a', 'DIGEST_INVALID'],
  [hex, 'REFERENCE_INVALID'],
  [`${'a/'.repeat(128)}a`, 'REFERENCE_INVALID'],
  ['a@sha256:123', 'DIGEST_INVALID'],
  [`a@sha256:${hex.toUpperCase()}`, 'DIGEST_INVALID'],
  [`a@md5:${'a'.repeat(32)}`, 'DIGEST_UNSUPPORTED'],
  [`a@sha256:${hex}@sha256:${hex}`, 'DIGEST_INVALID'],
  ['oci:', 'REFERENCE_INVALID'],
  ['oci::name', 'REFERENCE_INVALID'],
  ['oci:folder:', 'REFERENCE_INVALID'],
  ['dir:', 'REFERENCE_INVALID'],
])('%j is refused: %s', (text, code) => {
  expect(() => parseReference(text)).toThrow(expect.objectContaining({ code }));
});

test('whatever is read can be written and read again, and all else is a typed error', () => {
  const characters = fc.constantFrom(...'aZ09._-:/@[]~ \\', 'oci:', 'dir:', '//', 'sha256:', hex);
  fc.assert(
    fc.property(fc.array(characters, { maxLength: 12 }), (parts) => {
      try {
        const reference = parseReference(parts.join(''));
        expect(parseReference(formatReference(reference))).toEqual(reference);
      } catch (error) {
        expect(error).toBeInstanceOf(OciError);
      }
    }),
    { numRuns: 3000, seed: 6 },
  );
});
