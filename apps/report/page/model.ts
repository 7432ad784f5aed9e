import type { FindingColumns, PageData, PageObject, PageRule } from '../src/page-data.ts';

export const severityNames = ['Critical', 'High', 'Medium', 'Low', 'Info'] as const;

const noRule: PageRule = { id: '', title: '', severity: 4, category: '' };
const noObject: PageObject = ['', '', ''];

/** The data of the report with what every view asks of it. A finding goes by its number. */
export class Model {
  readonly data: PageData;
  readonly columns: FindingColumns;
  /** Number of findings, suppressed ones included. */
  readonly size: number;
  readonly #suppressed: ReadonlyMap<number, readonly number[]>;
  readonly #related: ReadonlyMap<number, readonly number[]>;
  readonly #origins: ReadonlyMap<number, string>;
  #ids: { byFinding: string[]; byId: Map<string, number> } | undefined;

  constructor(data: PageData) {
    this.data = data;
    this.columns = data.findings;
    this.size = data.findings.rule.length;
    this.#suppressed = new Map(data.findings.suppressed.map(([finding, ...list]) => [finding, list]));
    this.#related = new Map(data.findings.related.map(([finding, ...list]) => [finding, list]));
    this.#origins = new Map(
      data.origins.map(([place, file, line]) => [place, placeText(data.files[file] ?? '', line, 0)]),
    );
  }

  rule(finding: number): PageRule {
    return this.data.rules[this.columns.rule[finding] ?? -1] ?? noRule;
  }

  object(finding: number): PageObject {
    return this.data.objects[this.columns.object[finding] ?? -1] ?? noObject;
  }

  severity(finding: number): number {
    return this.columns.severity.charCodeAt(finding) - 48;
  }

  message(finding: number): string {
    return this.data.messages[this.columns.message[finding] ?? -1] ?? '';
  }

  path(finding: number): string {
    return this.data.paths[this.columns.path[finding] ?? -1] ?? '';
  }

  /** Exceptions that take the finding out of the count; empty when it counts. */
  exceptions(finding: number): readonly number[] {
    return this.#suppressed.get(finding) ?? [];
  }

  isSuppressed(finding: number): boolean {
    return this.#suppressed.has(finding);
  }

  related(finding: number): readonly number[] {
    return this.#related.get(finding) ?? [];
  }

  place(place: number): Place | undefined {
    const at = place * 7;
    const [file = -1, line = 0, column = 0, excerpt = -1, from = 0, length = 0, missing = 0] =
      this.data.places.slice(at, at + 7);
    const name = this.data.files[file];
    if (place < 0 || name === undefined) return undefined;
    return {
      file: name,
      line,
      text: placeText(name, line, column),
      excerpt: this.data.excerpts[excerpt],
      from,
      length,
      missing: missing === 1,
      origin: this.#origins.get(place),
    };
  }

  /** The place where a finding is looked for first. */
  placeOf(finding: number): Place | undefined {
    return this.place(this.columns.place[finding] ?? -1);
  }

  /** What a link to a finding calls it: the same in every report that has the finding at the same place. */
  idOf(finding: number): string {
    return this.#identities().byFinding[finding] ?? '';
  }

  findingOf(id: string): number | undefined {
    return this.#identities().byId.get(id);
  }

  #identities() {
    if (this.#ids !== undefined) return this.#ids;
    const byFinding: string[] = [];
    const byId = new Map<string, number>();
    for (let i = 0; i < this.size; i++) {
      const [, namespace, label] = this.object(i);
      const file = this.placeOf(i)?.file ?? '';
      const { id: rule } = this.rule(i);
      const base = `${rule}-${digest([namespace, label, file, this.path(i), this.message(i)].join('\n'))}`;
      let id = base;
      for (let n = 2; byId.has(id); n++) id = `${base}-${n}`;
      byFinding.push(id);
      byId.set(id, i);
    }
    this.#ids = { byFinding, byId };
    return this.#ids;
  }
}

export interface Place {
  file: string;
  /** 0 when only the file is known. */
  line: number;
  /** `file:line:column` */
  text: string;
  excerpt: string | undefined;
  from: number;
  length: number;
  missing: boolean;
  /** Where a rendered object's text came from. */
  origin: string | undefined;
}

function placeText(file: string, line: number, column: number): string {
  if (line === 0) return file;
  return column === 0 ? `${file}:${line}` : `${file}:${line}:${column}`;
}

/** 64 bits of FNV-1a in two halves: no secret, only a short name. */
function digest(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x85ebca6b);
    b ^= b >>> 13;
  }
  return (a >>> 0).toString(36) + (b >>> 0).toString(36);
}
