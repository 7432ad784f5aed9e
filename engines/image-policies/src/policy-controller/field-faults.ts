import { formatPath, type Path } from '@keelson/core';

/** One thing that is wrong in an object, at one or several of its fields. */
interface FieldFault {
  readonly message: string;
  readonly fields: readonly string[];
  readonly details: string;
}

/** The fields of one object, by whose place in the whole faults are told. */
export class FieldFaults {
  readonly #faults: FieldFault[];
  readonly #warnings: FieldFault[];
  readonly #place: Path;

  constructor(place: Path = [], faults: FieldFault[] = [], warnings: FieldFault[] = []) {
    this.#place = place;
    this.#faults = faults;
    this.#warnings = warnings;
  }

  /** The same list of faults, for what stands below. */
  at(...steps: Path): FieldFaults {
    return new FieldFaults([...this.#place, ...steps], this.#faults, this.#warnings);
  }

  get isEmpty(): boolean {
    return this.#faults.length === 0;
  }

  missing(...names: string[]): void {
    this.#add('missing field(s)', names);
  }

  neither(...names: string[]): void {
    this.#add('expected exactly one, got neither', names);
  }

  both(...names: string[]): void {
    this.#add('expected exactly one, got both', names);
  }

  disallowed(...names: string[]): void {
    this.#add('must not set the field(s)', names);
  }

  /** @param name empty for the object itself */
  invalid(value: string, name: string, details = ''): void {
    this.#add(`invalid value: ${value}`, [name], details);
  }

  warn(value: string, name: string, details: string): void {
    this.#warnings.push({ message: `invalid value: ${value}`, fields: [this.#placeOf(name)], details });
  }

  /** Something that the API server says before the webhook is asked. */
  schema(name: string, message: string): void {
    const place = this.#placeOf(name);
    this.#add(`${place}: Invalid value: ${message}`, []);
  }

  /** All faults in the form in which policy-controller's webhook answers: those that differ in the field alone are one. */
  text(): string {
    return textOf(this.#faults);
  }

  /** One text for each warning. */
  warnings(): readonly string[] {
    return this.#warnings.map((warning) => textOf([warning]));
  }

  #add(message: string, names: readonly string[], details = ''): void {
    this.#faults.push({ message, fields: names.map((name) => this.#placeOf(name)), details });
  }

  #placeOf(name: string): string {
    return formatPath(name === '' ? this.#place : [...this.#place, name]);
  }
}

function textOf(faults: readonly FieldFault[]): string {
  const merged = new Map<string, { message: string; details: string; fields: Set<string> }>();
  for (const { message, details, fields } of faults) {
    const key = JSON.stringify([message, details]);
    const known = merged.get(key) ?? { message, details, fields: new Set() };
    for (const field of fields) known.fields.add(field);
    merged.set(key, known);
  }
  return [...merged.values()]
    .sort((a, b) => compareText(a.message, b.message) || compareText(a.details, b.details))
    .map(({ message, details, fields }) => {
      const places = fields.size === 0 ? '' : `: ${[...fields].sort(compareText).join(', ')}`;
      return `${message}${places}${details === '' ? '' : `\n${details}`}`;
    })
    .join('\n');
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
