/** Parts of an image reference; parts that are not written are empty. */
export interface ImageName {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

/**
 * Splits a reference as containers/distribution does: the part before the first slash is a registry when it
 * has a dot or a colon or is `localhost`. Variables that are still in it stay in their part.
 */
export function splitImageName(reference: string): ImageName {
  const at = findOutside(reference, '@');
  const digest = at < 0 ? '' : reference.slice(at + 1);
  const named = at < 0 ? reference : reference.slice(0, at);
  const slash = findOutside(named, '/');
  const first = slash < 0 ? '' : named.slice(0, slash);
  const hasRegistry = /[.:]/.test(first.replace(/\$\{[^}]*\}/g, '')) || first === 'localhost';
  const rest = hasRegistry ? named.slice(slash + 1) : named;
  const colon = findLastColon(rest);
  return {
    registry: hasRegistry ? first : '',
    repository: colon < 0 ? rest : rest.slice(0, colon),
    tag: colon < 0 ? '' : rest.slice(colon + 1),
    digest,
  };
}

/** First `char` that is not inside `${…}`. */
function findOutside(text: string, char: string): number {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '{') depth++;
    else if (text[i] === '}') depth--;
    else if (depth <= 0 && text[i] === char) return i;
  }
  return -1;
}

/** The colon before a tag: the last one outside `${…}` that no slash follows. */
function findLastColon(text: string): number {
  let depth = 0;
  for (let i = text.length - 1; i >= 0; i--) {
    if (text[i] === '}') depth++;
    else if (text[i] === '{') depth--;
    else if (depth <= 0 && text[i] === '/') return -1;
    else if (depth <= 0 && text[i] === ':') return i;
  }
  return -1;
}
