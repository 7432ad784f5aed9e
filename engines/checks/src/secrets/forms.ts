import { isPlaceholder } from './patterns.ts';

/** A way of writing down a credential: what stands before it tells that it is one. */
interface CredentialForm {
  /** Texts without all of these (in lower case) cannot hold it: a quick test before the pattern. */
  mark: readonly string[];
  /** Two groups: what leads up to the credential, and the credential. All repeats are bounded. */
  pattern: RegExp;
}

/** A word of a shell: the quotes around it, and escaped quotes as in JSON, are no part of it. */
const word = '([^\\s"\'\\\\`|;]{1,1024})';
const quote = '[\\\\"\']{0,3}';

/** The name of the header of a credential, up to its value. */
const header = `authorization${quote} {0,4}[:=] {0,4}${quote}`;
/** A user's name, or the variable that holds it. */
const user = '(?:\\$\\{\\w{1,64}\\}|[^\\s:"\'\\\\=,/{]{1,128})';

const forms: readonly CredentialForm[] = [
  // HTTP headers: RFC 9110, 11.6.2 and 11.7.2.
  {
    mark: ['authorization'],
    pattern: new RegExp(
      `(${header}(?:bearer|basic|token|digest|apikey|negotiate) {1,4})([^\\s"'\\\\\`,]{1,4096})`,
      'gi',
    ),
  },
  // Without a scheme, a word without a digit is a setting of that name.
  {
    mark: ['authorization'],
    pattern: new RegExp(`(${header})((?=[^\\s\\d]{0,256}\\d)[^\\s"'\\\\\`,{}[\\]]{6,4096})`, 'gi'),
  },
  // The scheme alone, as in `value: Bearer x`; without a digit it is a word of a sentence.
  {
    mark: ['bearer '],
    pattern: /(\bbearer {1,4})((?=[^\s\d]{0,256}\d)[A-Za-z0-9._~+/=-]{6,4096})/gi,
  },
  {
    mark: ['basic '],
    pattern: /(\bbasic {1,4})((?=[^\s\d]{0,256}[\d=])[A-Za-z0-9+/=_-]{6,4096})/gi,
  },
  // `curl -u name:password`; numbers are a user and a group of other commands.
  {
    mark: ['-', 'u', ':'],
    pattern: new RegExp(
      `((?:^|[\\s"'\\[,])(?:-[A-Za-z]{0,8}u|--(?:proxy-)?user)[\\s=,"'\\\\]{0,6}${user}:)(?!\\d{1,10}(?:[\\s"']|$))${word}`,
      'gm',
    ),
  },
  {
    mark: ['--proxy-user', ':'],
    pattern: new RegExp(`(--proxy-user[\\s=,"'\\\\]{1,6}${user}:)${word}`, 'g'),
  },
  // `mysql -pPassword`, `sshpass -p password`.
  ...['mysql', 'mariadb'].map((mark) => ({
    mark: [mark, '-p'],
    pattern: new RegExp(`(\\b${mark}[^\\n|;]{0,256}?[\\s"']-p${quote})(?!ort\\b|rotocol\\b)${word}`, 'g'),
  })),
  {
    mark: ['sshpass', '-p'],
    pattern: new RegExp(`(\\bsshpass[\\s,"']{1,6}-p[\\s,"'\\\\]{0,6})${word}`, 'g'),
  },
  {
    mark: ['redis-cli', '-a'],
    pattern: new RegExp(`(\\bredis-cli\\b[^\\n|;]{0,256}?[\\s"']-a[\\s,"'\\\\]{1,6})${word}`, 'g'),
  },
  // `echo name:password | chpasswd`, and the same from a here-string.
  {
    mark: ['chpasswd'],
    pattern:
      /(\b(?:echo|printf)\s{1,4}(?:-\w{1,4}\s{1,4})?[\\"']{0,3}[^\s:"'|\\]{1,64}:)([^\s"'|\\]{1,256})(?=[^|]{0,128}\|[^|]{0,64}chpasswd)/g,
  },
  {
    mark: ['chpasswd', '<<<'],
    pattern: new RegExp(`(\\bchpasswd[^<\\n]{0,64}<<<\\s{0,4}${quote}[^\\s:"'|\\\\]{1,64}:)${word}`, 'g'),
  },
  {
    mark: ['passwd', '--stdin'],
    pattern:
      /(\b(?:echo|printf)\s{1,4}(?:-\w{1,4}\s{1,4})?[\\"']{0,3})([^\s"'|\\]{1,256})(?=[\\"']{0,3}\s{0,4}\|[^|]{0,64}passwd\b[^|\n]{0,64}--stdin)/g,
  },
  // Webhooks: whoever has the address may post.
  {
    mark: ['hooks.slack.com'],
    pattern: /(\bhooks\.slack\.com\/(?:services|workflows|triggers)\/)([A-Za-z0-9_/-]{4,256})/g,
  },
  {
    mark: ['/api/webhooks/'],
    pattern: /(\bdiscord(?:app)?\.com\/api\/webhooks\/\d{1,32}\/)([A-Za-z0-9_-]{4,256})/g,
  },
  // `name:password@registry/image`; not the digest of `image:tag@sha256:...`.
  ...['image', 'from'].map((mark) => ({
    mark: [mark, '@'],
    pattern: new RegExp(
      `(\\b${mark}["']?[\\s:=]{1,6}(?:--[^\\s]{1,128}\\s{1,4})?["'\`]?[A-Za-z0-9._-]{1,64}:)([^\\s:/@"']{1,256})(?=@(?!sha\\d{3}:)[A-Za-z0-9])`,
      'gi',
    ),
  })),
];

const maxLength = 1_048_576;

/** The credentials that a text holds in one of the forms: command lines, HTTP headers, webhooks, image references. */
export function credentialsIn(text: string): string[] {
  const found: string[] = [];
  eachForm(text, (pattern) => {
    for (const [, , secret] of text.matchAll(pattern))
      if (secret !== undefined && !isGivenElsewhere(secret)) found.push(secret);
    return text;
  });
  return found;
}

/** The text with the credentials of every form replaced. */
export function replaceCredentials(text: string, replace: (secret: string) => string): string {
  return eachForm(text, (pattern, current) =>
    current.replace(pattern, (whole: string, lead: string, secret: string) =>
      isGivenElsewhere(secret) ? whole : lead + replace(secret),
    ),
  );
}

function eachForm(text: string, apply: (pattern: RegExp, current: string) => string): string {
  if (text.length > maxLength) return text;
  const lower = text.toLowerCase();
  let current = text;
  for (const { mark, pattern } of forms) {
    if (mark.every((part) => lower.includes(part))) current = apply(pattern, current);
  }
  return current;
}

/** A reference to a variable, or a digest that stands for the value already. */
function isGivenElsewhere(secret: string): boolean {
  return secret.startsWith('[redacted') || secret.startsWith('$') || isPlaceholder(secret);
}
