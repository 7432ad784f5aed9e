import type { MetadataKey } from '@keelson/envelopes';
import { AttestationError } from '../errors.ts';
import { type AttestationLimits, beyond, defaultAttestationLimits } from '../limits.ts';
import { sameArtifacts } from './artifacts.ts';
import { type Inspection, type Layout, readLayout, type Step } from './layout.ts';
import { type Link, linkFrom } from './link.ts';
import type { Parameters } from './parameters.ts';
import { failingRule } from './rules.ts';
import { readSignedDocument, signerOf } from './signed-document.ts';

/** What a layout is judged with. */
export interface LayoutInput {
  /** Keys of the owners. Each must have signed; there is at least one. */
  readonly owners: readonly MetadataKey[];
  /** Milliseconds since 1970. */
  readonly now: number;
  /**
   * The bytes of a link or sublayout, undefined where there is none. Links have the name `STEP.KEYID.link`, KEYID being the first eight
   * characters; those of a sublayout stand in the folder `STEP.KEYID`: `STEP.KEYID/STEP2.KEYID2.link`.
   */
  readonly read: (path: string) => Uint8Array | undefined;
  /** The link of an inspection, which the caller ran; keelson runs nothing. `folder` is empty, or that of a sublayout with a slash. */
  readonly inspect?: (inspection: Inspection, folder: string) => Link | undefined;
  readonly parameters?: Parameters;
  readonly limits?: AttestationLimits;
}

/** A layout that holds. */
export interface VerifiedLayout {
  readonly layout: Layout;
  /** By step: what was done, and the ids of the keys of those who said so. */
  readonly steps: ReadonlyMap<string, { readonly link: Link; readonly keyIds: readonly string[] }>;
  readonly inspections: ReadonlyMap<string, Link>;
  /** What went in at the first step and came out at the last. */
  readonly summary: Link;
  /** What does not count against it: commands other than the layout's, links that no functionary signed. */
  readonly notes: readonly string[];
}

/**
 * Verifies a product's way by its layout and links (in-toto specification 1.0, 5).
 *
 * @throws AttestationError with the check that failed: LAYOUT_UNSIGNED, LAYOUT_EXPIRED, LINK_MISSING, LINKS_DISAGREE, RULE_FAILED, and
 * what reading throws
 */
export function verifyLayout(bytes: Uint8Array, input: LayoutInput): VerifiedLayout {
  return new Verification(input).layout(bytes, input.owners, '', 0, input.parameters, '');
}

interface Vote {
  readonly keyId: string;
  readonly link: Link;
}

/** What a functionary says of a step, or why nothing counts as said. */
type Said = { readonly link: Link; readonly signer: string } | { readonly reason: string };

/** So many reasons stand in a message. */
const maxReasons = 3;

class Verification {
  readonly #input: LayoutInput;
  readonly #limits: AttestationLimits;
  #links = 0;

  constructor(input: LayoutInput) {
    this.#input = input;
    this.#limits = input.limits ?? defaultAttestationLimits;
  }

  layout(
    bytes: Uint8Array,
    owners: readonly MetadataKey[],
    folder: string,
    depth: number,
    parameters: Parameters | undefined,
    name: string,
  ): VerifiedLayout {
    const what = folder === '' ? 'the layout' : `the layout of ${folder.slice(0, -1)}`;
    const signed = readSignedDocument(bytes, what, 'LAYOUT_INVALID', this.#limits);
    if (owners.length === 0)
      throw new AttestationError('LAYOUT_UNSIGNED', `${what} has no owners to ask for`);
    for (const owner of owners)
      if (signerOf(signed, owner) === undefined)
        throw new AttestationError('LAYOUT_UNSIGNED', `${what} has no signature that holds of ${owner.id}`);
    const layout = readLayout(signed.document, parameters, this.#limits);
    if (this.#input.now >= layout.expires)
      throw new AttestationError('LAYOUT_EXPIRED', `${what} counted until ${dateOf(layout.expires)}`);
    const notes: string[] = [];
    const steps = new Map(
      layout.steps.map((step) => [step.name, this.#step(step, layout, folder, depth, notes)] as const),
    );
    const links = new Map([...steps].map(([step, { link }]) => [step, link]));
    for (const step of layout.steps) demandRules(step, links, folder);
    const inspections = this.#inspections(layout, folder);
    const all = new Map([...links, ...inspections]);
    for (const inspection of layout.inspections) demandRules(inspection, all, folder);
    return { layout, steps, inspections, summary: summaryOf(layout, links, name), notes };
  }

  #step(step: Step, layout: Layout, folder: string, depth: number, notes: string[]) {
    const votes: Vote[] = [];
    const signers = new Set<string>();
    const reasons: string[] = [];
    for (const keyId of step.keyIds) {
      const key = layout.keys.get(keyId);
      const said =
        key === undefined
          ? { reason: `the layout has no key ${keyId}` }
          : this.#vote(step, key, folder, depth, notes);
      // One key under two ids is one functionary.
      if ('reason' in said) reasons.push(said.reason);
      else if (signers.has(said.signer)) reasons.push(`${keyId} is a key that counts already`);
      else {
        signers.add(said.signer);
        votes.push({ keyId, link: said.link });
      }
    }
    const [first] = votes;
    if (first === undefined || votes.length < step.threshold)
      throw new AttestationError(
        'LINK_MISSING',
        `step ${JSON.stringify(folder + step.name)} needs ${linksOf(step.threshold)}, and ${votes.length} hold${votes.length === 1 ? 's' : ''}: ${someOf(reasons)}`,
      );
    if (step.threshold > 1) demandAgreement(step, first, votes);
    if (first.link.command.join('\0') !== step.expectedCommand.join('\0'))
      notes.push(`step ${JSON.stringify(folder + step.name)} ran another command than the layout has`);
    return { link: first.link, keyIds: votes.map(({ keyId }) => keyId) };
  }

  /** What a functionary says of a step: a link, or a layout of its own with links. */
  #vote(step: Step, key: MetadataKey, folder: string, depth: number, notes: string[]): Said {
    const stem = `${step.name}.${key.id.slice(0, 8)}`;
    const path = `${folder}${stem}.link`;
    const bytes = this.#input.read(path);
    if (bytes === undefined) return { reason: `there is no ${path}` };
    if (++this.#links > this.#limits.maxLinks) throw beyond('the layout', 'maxLinks', this.#limits);
    const signed = readSignedDocument(bytes, path, 'LINK_INVALID', this.#limits);
    const signer = signerOf(signed, key);
    if (signer === undefined) {
      const reason = `${path} has no signature that holds of ${key.id}`;
      notes.push(reason);
      return { reason };
    }
    if (signed.type === 'layout') {
      if (depth >= this.#limits.maxSublayoutDepth) throw beyond(path, 'maxSublayoutDepth', this.#limits);
      const inner = this.layout(bytes, [key], `${folder}${stem}/`, depth + 1, undefined, step.name);
      notes.push(...inner.notes);
      return { link: inner.summary, signer };
    }
    const link = linkFrom(signed.document, this.#limits);
    // A link of another step, by a functionary of both, says nothing about this one.
    if (link.name !== step.name)
      throw signed.document.invalid('name', `is ${JSON.stringify(link.name)}, and not the step's`);
    return { link, signer };
  }

  #inspections(layout: Layout, folder: string): ReadonlyMap<string, Link> {
    const links = new Map<string, Link>();
    for (const inspection of layout.inspections) {
      const link = this.#input.inspect?.(inspection, folder);
      if (link === undefined)
        throw new AttestationError(
          'LINK_MISSING',
          `inspection ${JSON.stringify(folder + inspection.name)} was not run: keelson runs no commands, and without their links a layout with inspections is not verified`,
        );
      links.set(inspection.name, link);
    }
    return links;
  }
}

const linksOf = (threshold: number) =>
  threshold === 1 ? 'a link of a functionary' : `links of ${threshold} functionaries`;

function someOf(reasons: readonly string[]): string {
  const more = reasons.length - maxReasons;
  return `${reasons.slice(0, maxReasons).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

function demandAgreement(step: Step, first: Vote, votes: readonly Vote[]): void {
  const other = votes.find(
    ({ link }) =>
      !sameArtifacts(link.materials, first.link.materials) ||
      !sameArtifacts(link.products, first.link.products),
  );
  if (other !== undefined)
    throw new AttestationError(
      'LINKS_DISAGREE',
      `step ${JSON.stringify(step.name)}: the links of ${first.keyId} and ${other.keyId} have other materials or products`,
    );
}

function demandRules(item: Step | Inspection, links: ReadonlyMap<string, Link>, folder: string): void {
  const link = links.get(item.name);
  if (link === undefined)
    throw new AttestationError('LINK_MISSING', `there is no link of ${JSON.stringify(folder + item.name)}`);
  const failed =
    failingRule('materials', item.expectedMaterials, { link, links }) ??
    failingRule('products', item.expectedProducts, { link, links });
  if (failed !== undefined)
    throw new AttestationError('RULE_FAILED', `${JSON.stringify(folder + item.name)}: ${failed.reason}`);
}

function summaryOf(layout: Layout, links: ReadonlyMap<string, Link>, name: string): Link {
  const first = links.get(layout.steps[0]?.name ?? '');
  const last = links.get(layout.steps.at(-1)?.name ?? '');
  return {
    name,
    command: last?.command ?? [],
    materials: first?.materials ?? new Map(),
    products: last?.products ?? new Map(),
  };
}

function dateOf(time: number): string {
  return new Date(time).toISOString().replace('.000Z', 'Z');
}
