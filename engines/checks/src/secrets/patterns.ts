/** A kind of credential that is known by its own shape. */
export interface CredentialShape {
  kind: string;
  /** Texts without all of these cannot hold it: a quick test before the pattern. */
  mark: readonly string[];
  pattern: RegExp;
}

/**
 * Credentials that announce themselves, by the forms that their issuers document. All patterns are linear:
 * no nested quantifiers, bounded repeats.
 */
export const credentialShapes: readonly CredentialShape[] = [
  {
    kind: 'private key',
    mark: ['PRIVATE KEY'],
    pattern: /-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----[\s\S]{0,8192}/,
  },
  { kind: 'AWS access key id', mark: ['IA'], pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/ },
  {
    kind: 'GitHub token',
    mark: ['gh', '_'],
    pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36,251}|github_pat_[A-Za-z0-9_]{22,255})/,
  },
  { kind: 'GitLab token', mark: ['glpat-'], pattern: /\bglpat-[A-Za-z0-9_-]{20,64}/ },
  { kind: 'Slack token', mark: ['xox'], pattern: /\bxox[abeoprs]-[A-Za-z0-9-]{10,250}/ },
  { kind: 'Google API key', mark: ['AIza'], pattern: /\bAIza[A-Za-z0-9_-]{35}/ },
  { kind: 'Stripe key', mark: ['k_'], pattern: /\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,247}/ },
  { kind: 'npm token', mark: ['npm_'], pattern: /\bnpm_[A-Za-z0-9]{36}\b/ },
  { kind: 'PyPI token', mark: ['pypi-'], pattern: /\bpypi-[A-Za-z0-9_-]{50,250}/ },
  { kind: 'SendGrid key', mark: ['SG.'], pattern: /\bSG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64}/ },
  {
    kind: 'JSON Web Token',
    mark: ['eyJ'],
    pattern: /\beyJ[A-Za-z0-9_-]{8,1024}\.eyJ[A-Za-z0-9_-]{8,4096}\.[A-Za-z0-9_-]{8,1024}/,
  },
  {
    kind: 'password in a URL',
    mark: ['://', '@'],
    pattern: /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"']{0,128}:[^\s/@"'$]{1,256}@/i,
  },
];

const secretWord =
  /(?:^|[^a-z])(?:pass(?:word|wd|phrase|code)?|pwd|secret|token|credential|api[-_. ]?key|access[-_. ]?key|private[-_. ]?key|secret[-_. ]?key|signing[-_. ]?key|encryption[-_. ]?key|auth[-_. ]?key|client[-_. ]?secret)s?(?:$|[^a-z])/;

/** Endings that say the value only tells where a secret is, or how it is handled. */
const pointerWord =
  /(?:[-_. ](?:file|path|dir|name|names|ref|key[-_]?ref|url|uri|endpoint|host|port|user|username|type|ttl|expiry|expiration|duration|timeout|length|enabled|required|policy|provider|issuer|audience|algorithm|header|id|mode|mount|secret[-_]?name|location|lifetime|interval|format|version|prefix|namespace))$/;

/** True when a key names a secret: `DB_PASSWORD`, `apiKey`, `github.token`; not `PASSWORD_FILE`. */
export function isSecretName(name: string): boolean {
  if (name.length > 256) return false;
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
  return secretWord.test(words) && !pointerWord.test(words);
}

/** Values that stand for a secret which is given elsewhere, or are no secrets by any measure. */
export function isPlaceholder(value: string): boolean {
  const text = value.trim();
  if (text === '' || text.length > 16_384) return true;
  if (/^(?:\$\(.*\)|\$\{.*\}|\$[A-Za-z_]\w*|\{\{.*\}\}|<.*>|%.*%|\[.*\]|\*+|x+|\.+|-+)$/i.test(text))
    return true;
  if (
    /^(?:true|false|yes|no|on|off|null|none|nil|undefined|todo|tbd|changeme-?placeholder|redacted|\d{1,3})$/i.test(
      text,
    )
  )
    return true;
  return text.startsWith('/') && !text.includes(' ');
}

/** The first credential in a text that is known by its shape. */
export function findCredential(text: string): { kind: string; start: number; end: number } | undefined {
  const bounded = text.length > 262_144 ? text.slice(0, 262_144) : text;
  for (const { kind, mark, pattern } of credentialShapes) {
    const match = mark.every((word) => bounded.includes(word)) ? pattern.exec(bounded) : null;
    if (match !== null) return { kind, start: match.index, end: match.index + match[0].length };
  }
  return undefined;
}
