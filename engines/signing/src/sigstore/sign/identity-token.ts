import { decodeBase64 } from '@keelson/core';
import { SigningError } from '../../errors.ts';
import { documentFields } from '../../fields.ts';

/**
 * Whom an identity token is made out to, as Fulcio takes it for the proof of possession: the verified e-mail address, or the subject. The
 * token is not verified: that is the authority's to do.
 *
 * @throws SigningError IDENTITY_TOKEN_INVALID
 */
export function subjectOfToken(token: string): string {
  const [header, payload, signature, ...rest] = token.split('.', 4);
  const bytes = decodeBase64(payload ?? '', 'url');
  if (header === '' || signature === undefined || rest.length > 0 || bytes === undefined)
    throw new SigningError('IDENTITY_TOKEN_INVALID', 'the identity token is no JSON Web Token');
  const claims = documentFields(bytes, 'the identity token', 'IDENTITY_TOKEN_INVALID');
  const email = claims.optionalText('email');
  if (email === undefined) return claims.text('sub');
  const verified = claims.value('email_verified');
  // Some providers write the word as a text.
  if (verified === false || verified === 'false')
    throw new SigningError('IDENTITY_TOKEN_INVALID', `the identity token says that ${email} is not verified`);
  return email;
}
