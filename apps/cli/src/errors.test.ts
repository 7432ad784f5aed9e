import { KeelsonError } from '@keelson/core';
import { expect, test, vi } from 'vitest';
import { errorTables } from './error-tables.ts';
import { blameOutside, CommandError, reasonOf, reportError } from './errors.ts';
import { exitCodes } from './exit.ts';

vi.mock('./stderr.ts', () => ({ tell: () => undefined }));

const ofOutside = [
  ...['BUNDLE_NOT_GIVEN', 'CONTENT_NOT_FOUND', 'CREDENTIALS_UNAVAILABLE', 'DIGEST_MISMATCH'],
  ...['HTTP_INTERRUPTED', 'HTTP_REDIRECT_REFUSED', 'HTTP_TIMEOUT', 'HTTP_TOO_LARGE', 'HTTP_UNREACHABLE'],
  ...['KMS_ANSWER_INVALID', 'KMS_REFUSED', 'OUTSIDE_FAILED'],
  ...['REGISTRY_ANSWER_INVALID', 'REGISTRY_DENIED', 'REGISTRY_FAILED', 'REGISTRY_LIMIT', 'REGISTRY_REFUSED'],
  ...['SIGSTORE_ANSWER_INVALID', 'SIGSTORE_REFUSED', 'SIGSTORE_SIGN_IN_FAILED', 'SIGSTORE_TOKEN_INVALID'],
  ...['SIZE_MISMATCH', 'TUF_CONTENT_MISMATCH', 'TUF_EXPIRED', 'TUF_LIMIT', 'TUF_METADATA_INVALID'],
  ...['TUF_NAME_REFUSED', 'TUF_NOT_AVAILABLE', 'TUF_ROOT_UNKNOWN', 'TUF_SERVER', 'TUF_SIGNATURES_MISSING'],
  ...['TUF_STORE', 'TUF_TARGET_UNKNOWN', 'TUF_VERSION_REFUSED'],
];

test('the codes that say that a system outside failed: all others end as a wrong call', () => {
  const codes = errorTables.flatMap(([, table]) => Object.keys(table));
  const blamed = codes.filter(
    (code) => reportError(new KeelsonError(code, 'x'), false) === exitCodes.outside,
  );
  expect(blamed.sort()).toEqual(ofOutside);
});

test('of one error a system outside may be to blame', () => {
  const fault = () => new CommandError('USAGE', 'x');
  expect(reportError(fault(), false)).toBe(exitCodes.usage);
  expect(reportError(blameOutside(fault()), false)).toBe(exitCodes.outside);
  expect(blameOutside('x')).toBe('x');
});

test('what is no error of keelson is one within it', () => {
  expect(reportError(new TypeError('x'), false)).toBe(exitCodes.outside);
  expect(reportError('x', true)).toBe(exitCodes.outside);
});

test('reasons of the system in words', () => {
  expect(reasonOf(Object.assign(new Error('x'), { code: 'ENOENT' }))).toBe('no such file or folder');
  expect(reasonOf(Object.assign(new Error('x'), { code: 'constructor' }))).toBe('x');
  expect(reasonOf('x')).toBe('x');
});
