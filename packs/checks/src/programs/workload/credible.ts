// What a value under a secret's name must look like to be called a secret: findings of `high` that are none cost trust.
import { findCredential, isPlaceholder, isSecretName } from '@keelson/checks';

/** Words of a key in lower case, joined by `_`: `servingCertificateSecret` → `serving_certificate_secret`. */
function wordsOf(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_');
}

/** Names of how a secret is made, counted or checked, not of a secret. */
const about =
  /(?:tokens|patterns?|regexp?|min|max|count|limit|hint|store|manager|class|methods?|encoders?|encoding|mechanism|strategy|scheme|validators?)$/i;

/** Names that hold a secret; those that tell how one is made or counted do not. */
export function namesSecret(name: string): boolean {
  return isSecretName(name) && !about.test(name);
}

/** A place holder, or a constant's name in its stead (`INSERT_TOKEN_HERE`). */
export function isStandIn(value: string): boolean {
  return isPlaceholder(value) || /^[A-Z]+(?:_[A-Z]+)*$/.test(value.trim());
}

/** True for the frame of a private key around nothing, `...` or a remark: no line of base64 in it. */
function isFrame(key: string): boolean {
  const body = key.slice(key.indexOf('-----', 11) + 5);
  return !/[A-Za-z0-9+/]{24}/.test(body);
}

/** The kind of the first credential in a text that is known by its shape; a private key needs more than its frame. */
export function credentialIn(text: string): string | undefined {
  const found = findCredential(text);
  if (found?.kind === 'private key' && isFrame(text.slice(found.start, found.end))) return undefined;
  return found?.kind;
}

/** True for a text that is the frame of a private key around nothing. */
export function isElidedKey(text: string): boolean {
  return findCredential(text)?.kind === 'private key' && credentialIn(text) === undefined;
}

/** Hash methods and signature algorithms by name: `pbkdf2:sha256`, `argon2id`, `HS256`. */
const method =
  /^(?:pbkdf2|scrypt|argon2(?:id?|d)?|bcrypt|sha-?\d{1,3}|md5|hmac|[hrep]s\d{3}|eddsa|plaintext|simple)(?:[:_-](?:sha)?-?\w{1,12}){0,3}$/i;

/** Names of Secrets: words of an object's name, perhaps with a release's number, without random parts. */
const objectName = /^[a-z]+(?:[-.](?:[a-z]{1,24}\d{0,2}|\d{1,2}))*$/;
/** `…Secret` of a client or application is the secret itself; of anything else it names the object. */
const ownSecret =
  /(?:^|_)(?:client|app|application|api|consumer|shared|jwt|session|cookie|oauth|auth|signing|hmac|csrf|http|user|admin|master)_secret$/;

/** Two or more lower-case words without a digit: how people write names, not how tokens are made. */
const joinedWords = /^[a-z]{1,24}(?:[-_.][a-z]{1,24}){1,12}$/;

const url = /^[a-z][a-z0-9+.-]{1,20}:\/\/([^/?#\s]*)([^?#\s]*)(.*)$/i;

/** True for an address that carries neither user information nor a path or query like a webhook's token. */
export function isPlainUrl(value: string): boolean {
  const match = url.exec(value.trim());
  if (match === null) return false;
  const [, authority = '', path = '', query = ''] = match;
  if (authority.includes('@') || query.includes('=')) return false;
  return !path.split('/').some((part) => part.length >= 16 && /\d/.test(part) && /[a-z]/i.test(part));
}

/** `jwt,priv-key=/path,ttl=10m`: settings of which none is a secret by itself. */
function isOptionList(value: string): boolean {
  const parts = value.split(',');
  if (parts.length < 2 || value.length > 1024) return false;
  const pairs = parts.flatMap((part) => {
    const match = /^\s{0,4}([A-Za-z][\w.-]{0,64})=(.*)$/.exec(part);
    return match === null ? [] : [{ name: match[1] ?? '', value: match[2] ?? '' }];
  });
  return (
    pairs.length > 0 &&
    pairs.length >= parts.length - 1 &&
    !pairs.some((pair) => namesSecret(pair.name) && isPlainValue(pair.value))
  );
}

/** A value that is neither a place holder nor code that fetches one. */
function isPlainValue(value: string): boolean {
  return !isStandIn(value) && !/^[[{|>&*!#$]|[($`]|\s/.test(value) && value.length >= 4;
}

/** True when the value under this name, which names a secret, may be the secret itself. */
export function isCredible(name: string, value: string): boolean {
  const text = value.trim();
  if (!isPlainValue(value) || method.test(text) || isPlainUrl(text) || isOptionList(text)) return false;
  const words = wordsOf(name);
  // A password of words is still the password.
  if (/(?:^|_)(?:pass|password|passwd|passphrase|pwd)s?(?:_|$)/.test(words)) return true;
  if (/_secrets?$/.test(words) && !ownSecret.test(words) && objectName.test(text)) return false;
  // etcd's cluster token tells clusters apart; the tokens by which nodes join k3s and RKE2 are random.
  if (/(?:^|_)initial_cluster_token$/.test(words)) return false;
  if (/(?:^|_)cluster_token$/.test(words) && objectName.test(text)) return false;
  if (/(?:^|_)access_key$/.test(words) && /^[a-z]+$/.test(text)) return false;
  return !joinedWords.test(text);
}

/** True for `a.token = token` and the like in a text: code that passes a variable on. */
export function isPassedOn(name: string, rest: string): boolean {
  const value = /^([A-Za-z_][\w.]{0,127})\s*[,;]?\s*$/.exec(rest)?.[1];
  if (value === undefined) return false;
  const last = (path: string) => path.slice(path.lastIndexOf('.') + 1).toLowerCase();
  return last(value) === last(name) || /^(?:self|this|os|config|settings|cfg|conf|env)\./.test(value);
}

/** A bare digest in hexadecimal digits: MD5, SHA-1, SHA-256 or SHA-512. */
export function isDigest(text: string): boolean {
  return /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})$/i.test(text.trim());
}
