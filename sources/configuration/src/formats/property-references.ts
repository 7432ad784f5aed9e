/** Longest chain of values that name each other. */
const maxChain = 64;

interface Property {
  readonly text: string;
  readonly start: number;
}

/**
 * Refuses `${` without `}`, and values that lead back to themselves. Values are not put together, so that a few lines
 * that double each other cost nothing.
 */
export function checkReferences(
  values: ReadonlyMap<string, Property>,
  fault: (message: string, offset: number) => Error,
): void {
  const chains = new Map<string, number>();
  const open = new Set<string>();
  const chainOf = (key: string, from: Property): number => {
    const known = chains.get(key);
    if (known !== undefined) return known;
    if (open.has(key)) throw fault(`\${${key}} leads back to itself`, from.start);
    if (open.size > maxChain) throw fault(`\${…} leads through more than ${maxChain} values`, from.start);
    const property = values.get(key);
    let longest = 0;
    if (property !== undefined) {
      open.add(key);
      for (const name of referencesOf(property, fault))
        longest = Math.max(longest, chainOf(name, property) + 1);
      open.delete(key);
    }
    if (longest > maxChain) throw fault(`\${…} leads through more than ${maxChain} values`, from.start);
    chains.set(key, longest);
    return longest;
  };
  for (const [key, property] of values) chainOf(key, property);
}

function* referencesOf(
  { text, start }: Property,
  fault: (message: string, offset: number) => Error,
): Generator<string> {
  for (let open = text.indexOf('${'); open >= 0; ) {
    const close = text.indexOf('}', open + 2);
    if (close < 0) throw fault('${ has no } that ends it', start);
    yield text.slice(open + 2, close);
    open = text.indexOf('${', close + 1);
  }
}
