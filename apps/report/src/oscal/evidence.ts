import type { SensitiveText } from '@keelson/checks';
import type { Finding, FindingLocation, Notification } from '@keelson/evidence';
import type { ReportedFinding } from '../report.ts';
import { shared } from '../told.ts';
import { property } from './document.ts';
import { type InventoryItem, inventoryOf } from './subjects.ts';
import { fileReference, markup, uuidOf } from './text.ts';

/** A finding and what else is to be said of it. */
export interface ObservedFinding extends ReportedFinding {
  remarks?: string;
}

/** How observations and their evidence refer to an inventory item, as JSON. */
export interface ObservedSubject {
  reference: string;
  property: string;
}

/** Both kinds of document show the same evidence. */
export const evidenceOf = shared(
  ({ findings, comparison, redact }) => [findings, comparison, redact],
  (report) => new EvidenceWriter(report.redact, inventoryOf(report)),
);

/**
 * Writes evidence as JSON. A large scan has ten thousands of pieces, so that what those of an object or a file share
 * is made once.
 */
export class EvidenceWriter {
  readonly #redact: SensitiveText;
  readonly #inventory: ReadonlyMap<string, InventoryItem>;
  readonly #texts = new WeakMap<ObservedFinding, string>();
  readonly #places = new Map<string, string>();
  readonly #descriptions = new Map<string, string>();
  readonly #subjects = new Map<string, ObservedSubject>();

  constructor(redact: SensitiveText, inventory: ReadonlyMap<string, InventoryItem>) {
    this.#redact = redact;
    this.#inventory = inventory;
  }

  /** The inventory item that a finding is about. */
  subject({ subject }: Finding): ObservedSubject {
    const known = this.#subjects.get(subject);
    if (known !== undefined) return known;
    const uuid = this.#inventory.get(subject)?.uuid ?? uuidOf('subject', subject);
    const made = {
      reference: JSON.stringify({ 'subject-uuid': uuid, type: 'inventory-item' }),
      property: JSON.stringify(property('subject-uuid', uuid)),
    };
    this.#subjects.set(subject, made);
    return made;
  }

  /** A finding about this inventory item. */
  finding(item: ObservedFinding, subject: ObservedSubject): string {
    let text = this.#texts.get(item);
    if (text === undefined) {
      text = this.#finding(item, subject);
      this.#texts.set(item, text);
    }
    return text;
  }

  #finding({ finding, state, remarks }: ObservedFinding, subject: ObservedSubject): string {
    const suppression = finding.suppressions?.[0];
    const more = `${state === undefined ? '' : prop('state', state)}${suppression === undefined ? '' : prop('suppression', suppression.kind)}`;
    const fingerprint = prop('fingerprint', finding.fingerprint);
    const rest = this.#remarks(remarks, suppression?.reason);
    return `${this.#head(finding.locations[0], finding.message)},"props":[${subject.property}${fingerprint}${more}]${rest}}`;
  }

  gap({ message, location }: Notification): string {
    return `${this.#head(location, message)}}`;
  }

  /** The place and the words, of an object that is open. */
  #head(place: FindingLocation | undefined, message: string): string {
    let description = this.#descriptions.get(message);
    if (description === undefined) {
      description = JSON.stringify(this.#words(message));
      this.#descriptions.set(message, description);
    }
    return `{${this.#place(place)}"description":${description}`;
  }

  #remarks(remarks: string | undefined, reason: string | undefined): string {
    if (remarks === undefined && reason === undefined) return '';
    const words = [
      ...(remarks === undefined ? [] : [this.#words(remarks)]),
      ...(reason === undefined ? [] : [`Suppressed: ${this.#words(reason)}`]),
    ];
    return `,"remarks":${JSON.stringify(words.join('\n\n'))}`;
  }

  #words(text: string): string {
    return markup(this.#redact.message(text));
  }

  #place(place: FindingLocation | undefined): string {
    if (place === undefined) return '';
    let file = this.#places.get(place.file);
    if (file === undefined) {
      file = `"href":${JSON.stringify(fileReference(place.file)).slice(0, -1)}`;
      this.#places.set(place.file, file);
    }
    return place.line === undefined ? `${file}",` : `${file}#L${place.line}",`;
  }
}

/** JSON up to the value of a property, by the property's name: it stands behind another. */
const heads = new Map(
  ['fingerprint', 'state', 'suppression'].map((name) => [
    name,
    `,${JSON.stringify(property(name, '-')).replace(/"-"}$/, '')}`,
  ]),
);

function prop(name: string, value: string): string {
  return `${heads.get(name) ?? ''}${JSON.stringify(value)}}`;
}
