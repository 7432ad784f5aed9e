/** What was built or built from: its name or URI, and its digests by algorithm. */
export interface Artifact {
  readonly uri: string;
  readonly digest: ReadonlyMap<string, string>;
}

/** The artifacts without repetition: those of the same name that share a digest are one, with the digests of both. */
export function merged(artifacts: Iterable<Artifact>): readonly Artifact[] {
  const byUri = new Map<string, { uri: string; digest: Map<string, string> }[]>();
  const found: Artifact[] = [];
  for (const { uri, digest } of artifacts) {
    const sameUri = byUri.get(uri) ?? [];
    byUri.set(uri, sameUri);
    const same = sameUri.find((other) => [...digest].some(([name, hex]) => other.digest.get(name) === hex));
    if (same === undefined) {
      const own = { uri, digest: new Map(digest) };
      sameUri.push(own);
      found.push(own);
    } else for (const [name, hex] of digest) same.digest.set(name, hex);
  }
  return found;
}

const hexLengths = new Map([
  ['sha1', 40],
  ['sha256', 64],
  ['sha384', 96],
  ['sha512', 128],
]);

/** A digest as a result writes it, `sha256:…`; undefined where it is none of its algorithm. */
export function digestFrom(text: string): ReadonlyMap<string, string> | undefined {
  const [name = '', value = '', ...more] = text.split(':');
  const algorithm = name.trim().toLowerCase();
  const hex = value.trim();
  if (more.length > 0 || hex.length !== hexLengths.get(algorithm) || !/^[0-9a-f]+$/.test(hex))
    return undefined;
  return new Map([[algorithm, hex]]);
}
