import { expect, test } from 'vitest';
import { subjectOfToken } from './identity-token.ts';

const token = (claims: unknown) =>
  ['{"alg":"none"}', JSON.stringify(claims), 'x']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');

test.each<[string, object, string]>([
  ['the verified address', { sub: 's', email: 'dev@example.com', email_verified: true }, 'dev@example.com'],
  ['an address of which nothing is said', { sub: 's', email: 'dev@example.com' }, 'dev@example.com'],
  [
    'the subject, where there is no address',
    { sub: 'repo:a/b:ref:refs/heads/main' },
    'repo:a/b:ref:refs/heads/main',
  ],
])('%s', (_, claims, expected) => {
  expect(subjectOfToken(token(claims))).toBe(expected);
});

test.each<[string, string]>([
  ['nothing', ''],
  ['one part', 'eyJ'],
  ['two parts', token({ sub: 's' }).replace(/\.[^.]*$/, '')],
  ['four parts', `${token({ sub: 's' })}.x`],
  ['no header', token({ sub: 's' }).replace(/^[^.]*/, '')],
  ['no base64url', 'a.b+/=.c'],
  ['no JSON', `a.${Buffer.from('rubbish').toString('base64url')}.c`],
  ['no object', token([])],
  ['nobody', token({})],
  ['a subject that is no text', token({ sub: 1 })],
  ['an address that is not verified', token({ sub: 's', email: 'a@b.c', email_verified: false })],
  ['the same as a text', token({ sub: 's', email: 'a@b.c', email_verified: 'false' })],
])('refused: %s', (_, text) => {
  expect(() => subjectOfToken(text)).toThrowError(
    expect.objectContaining({ code: 'IDENTITY_TOKEN_INVALID' }),
  );
});
