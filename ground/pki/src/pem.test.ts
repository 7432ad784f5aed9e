import { expect, test } from 'vitest';
import { PkiError } from './errors.ts';
import { readPem, writePem } from './pem.ts';

const block = (body: string, label = 'X') => `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;

test('blocks are read with text around them', () => {
  const bytes = Uint8Array.from({ length: 100 }, (_, at) => at);
  const text = `subject=CN = x\n${writePem('CERTIFICATE', bytes)}\nbetween\n${block('AAEC\r', 'PUBLIC KEY')}after`;
  expect(readPem(text)).toEqual([
    { label: 'CERTIFICATE', bytes: Buffer.from(bytes) },
    { label: 'PUBLIC KEY', bytes: Buffer.from([0, 1, 2]) },
  ]);
  expect(readPem('nothing\n----------\n')).toEqual([]);
  expect(readPem(block('AAEC').replaceAll('\n', '\r\n'))).toHaveLength(1);
  expect(readPem(block('AA\nEC').trim())).toHaveLength(1);
});

test.each([
  ['no base64', block('AA?C'), 'line 2 is no base64'],
  ['text after padding', block('AA==\nAA=='), 'line 3 is no base64'],
  ['bits that do not count', block('AB=='), 'wrong end'],
  ['a group too short', block('AAE'), 'wrong end'],
  ['nothing inside', block(''), 'empty'],
  ['headers of old', block('Key-Id: 1\n\nAAEC'), 'line 2 is no base64'],
  ['encryption of old', block('Proc-Type: 4,ENCRYPTED\n\nAAEC'), 'openssl pkcs8 -topk8'],
  ['no end', '-----BEGIN X-----\nAAEC\n', 'no END'],
  ['end of another', '-----BEGIN X-----\nAAEC\n-----END Y-----\n', 'line 3 ends Y'],
  ['end without begin', '-----END X-----\n', 'no BEGIN'],
  ['begin in a block', '-----BEGIN X-----\n-----BEGIN X-----\n', 'no END before line 2'],
  ['dashes in a block', '-----BEGIN X-----\n----------\n', 'line 2 begins with dashes'],
  ['damaged boundary', '-----BEGIN X----\n', 'neither BEGIN nor END'],
])('%s is refused', (_, text, message) => {
  expect(() => readPem(text)).toThrow(PkiError);
  expect(() => readPem(text)).toThrow(message);
});
