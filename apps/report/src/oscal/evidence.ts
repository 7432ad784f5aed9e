import type { SensitiveText } from '@keelson/checks';
import type { Notification } from '@keelson/evidence';
import type { Piece, PiecedFinding, Pieces } from '../pieces.ts';
import type { Region } from '../place.ts';
import { property } from './document.ts';
import type { InventoryItem } from './subjects.ts';
import { fileReference, markup, uuidOf } from './text.ts';

/** A finding and what else is to be said of it. */
export interface ObservedFinding {
  item: PiecedFinding;
  remarks?: string;
}

/** How observations and their evidence refer to an inventory item, as JSON. */
export interface ObservedSubject {
  reference: string;
  property: string;
}

/**
 * Writes evidence as JSON. A large scan has ten thousands of pieces, so that what those of an object or a file share
 * is made once.
 */
export class EvidenceWriter {
  readonly #redact: SensitiveText;
  readonly #pieces: Pieces;
  readonly #place: (file: Piece) => string;
  readonly #description: (message: Piece) => string;
  readonly #subject: (subject: Piece) => ObservedSubject;

  constructor(redact: SensitiveText, pieces: Pieces, inventory: ReadonlyMap<string, InventoryItem>) {
    this.#redact = redact;
    this.#pieces = pieces;
    this.#place = pieces.forms((file) => `{"href":${JSON.stringify(fileReference(file)).slice(0, -1)}`);
    this.#description = pieces.forms((message) => `"description":${JSON.stringify(markup(message))}`);
    this.#subject = pieces.forms((subject) => {
      const uuid = inventory.get(subject)?.uuid ?? uuidOf('subject', subject);
      return {
        reference: JSON.stringify({ 'subject-uuid': uuid, type: 'inventory-item' }),
        property: `,"props":[${JSON.stringify(property('subject-uuid', uuid))}`,
      };
    });
  }

  /** The inventory item that a finding is about. */
  subject({ item }: ObservedFinding): ObservedSubject {
    return this.#subject(item.subject);
  }

  finding({ item, remarks }: ObservedFinding): string {
    const { state, message, subject, file } = item;
    const suppression = item.suppressions?.[0];
    const stateText = state === undefined ? '' : prop('state', state);
    const kind = suppression === undefined ? '' : prop('suppression', suppression.kind);
    const props = `${this.#subject(subject).property}${prop('fingerprint', item.fingerprint)}${stateText}${kind}]`;
    return `${this.#head(item, file, message)}${props}${this.#remarks(remarks, suppression?.reason)}}`;
  }

  gap({ message, location }: Notification): string {
    const file = location === undefined ? undefined : this.#pieces.of(location.file);
    return `${this.#head(location ?? {}, file, this.#pieces.message(message))}}`;
  }

  /** The place and the words, of an object that is open. */
  #head({ line }: Region, file: Piece | undefined, message: Piece): string {
    if (file === undefined) return `{${this.#description(message)}`;
    const fragment = line === undefined ? '' : `#L${line}`;
    return `${this.#place(file)}${fragment}",${this.#description(message)}`;
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
