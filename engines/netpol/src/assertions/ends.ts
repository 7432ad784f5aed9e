import type { Analysis } from '../engine/analysis.ts';
import { type Endpoint, ownAddresses, qualifiedName } from '../model/cluster.ts';
import { type AddressRange, formatAddress, isAddress, parseCidr } from '../sets/addresses.ts';

/** A word that names nobody in the input, or could name several. */
export class UnknownEnd extends Error {}

/** The addresses that a word means; undefined for a word that is no address and no range. */
export function rangeOfWord(word: string): AddressRange | undefined {
  const [address = '', prefix = ''] = word.split('/');
  const width = address.includes(':') ? 128 : 32;
  const isRange = prefix === '' ? !word.includes('/') : /^\d{1,3}$/.test(prefix) && Number(prefix) <= width;
  return isAddress(address) && isRange ? parseCidr(word, true) : undefined;
}

const outside: ReadonlySet<string> = new Set(['the internet', 'internet', 'the outside', 'outside']);
const everything: ReadonlySet<string> = new Set(['everything', 'anything', 'everybody', 'anybody', '*']);

/**
 * Finds the ends that words mean: workloads and Pods by `namespace/name` or by their name, namespaces as `namespace shop` or
 * `shop/*` or by their name where no workload has it, labels as `app=web`, addresses and ranges, `the internet`, `everything`.
 */
export class EndFinder {
  readonly all: readonly number[];
  readonly #analysis: Analysis;

  constructor(analysis: Analysis) {
    this.#analysis = analysis;
    this.all = Array.from({ length: analysis.peerCount }, (_, peer) => peer);
  }

  /** @throws UnknownEnd */
  find(words: readonly string[]): number[] {
    return [...new Set(words.flatMap((word) => this.#one(word)))];
  }

  nameOf(peer: number): string {
    const endpoint = this.#analysis.endpointOf(peer);
    if (endpoint !== undefined) return qualifiedName(endpoint);
    const range = this.#analysis.addressesOf(peer);
    if (range === undefined) return '';
    const low = formatAddress(range.family, range.low);
    return range.low === range.high ? low : `${low}-${formatAddress(range.family, range.high)}`;
  }

  #one(written: string): readonly number[] {
    const word = written.trim();
    if (everything.has(word.toLowerCase())) return this.all;
    const { endpointCount } = this.#analysis;
    if (outside.has(word.toLowerCase())) return this.all.filter((peer) => peer >= endpointCount);
    const range = rangeOfWord(word);
    if (range !== undefined) return this.#within(range);
    if (word.includes('=')) return this.#labelled(word);
    const namespace = /^namespace (.+)$/i.exec(word)?.[1] ?? /^(.+)\/\*$/.exec(word)?.[1];
    if (namespace !== undefined) return this.#inNamespace(namespace, word);
    const found = this.#endpoints((endpoint) => hasName(endpoint, word));
    if (found.length === 0) return this.#inNamespace(word, word);
    const namespaces = new Set(found.map((peer) => this.#analysis.endpointOf(peer)?.namespace));
    if (namespaces.size > 1) {
      const names = [...namespaces].map((each) => `${each}/${word}`).join(' or ');
      throw new UnknownEnd(`${word} may be ${names}`);
    }
    return found;
  }

  #inNamespace(name: string, word: string): number[] {
    const found = this.#endpoints(({ namespace }) => namespace === name);
    if (found.length === 0)
      throw new UnknownEnd(`the input has no workload, Pod, namespace or address ${word}`);
    return found;
  }

  #labelled(word: string): number[] {
    const wanted = word.split('&').map((each) => each.trim().split('='));
    const found = this.#endpoints(({ labels }) =>
      wanted.every(([key = '', value = '']) => labels.get(key) === value),
    );
    if (found.length === 0) throw new UnknownEnd(`no workload and no Pod has the labels ${word}`);
    return found;
  }

  #within({ family, low, high }: AddressRange): number[] {
    const isIn = (part: AddressRange | undefined) =>
      part !== undefined && part.family === family && low <= part.low && part.high <= high;
    const pods = this.#endpoints((endpoint) =>
      ownAddresses(endpoint).some(
        (address) => address.family === family && low <= address.value && address.value <= high,
      ),
    );
    return [...pods, ...this.all.filter((peer) => isIn(this.#analysis.addressesOf(peer)))];
  }

  #endpoints(test: (endpoint: Endpoint) => boolean): number[] {
    return this.#analysis.cluster.endpoints.flatMap((endpoint, i) => (test(endpoint) ? [i] : []));
  }
}

function hasName({ namespace, name, owner }: Endpoint, word: string): boolean {
  return [name, owner?.name].some(
    (own) => own !== undefined && (own === word || `${namespace}/${own}` === word),
  );
}
