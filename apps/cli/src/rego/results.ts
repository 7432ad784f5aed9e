import { type PreparedQuery, type QueryResult, type RegoValue, stringifyJson } from '@keelson/rego';
import { indented, type Structure, structure } from './json-output.ts';
import { prettyTable } from './pretty-table.ts';

/** One way in which a query holds. */
interface Row {
  readonly values: readonly RegoValue[];
  readonly bindings: readonly (readonly [name: string, value: RegoValue])[];
}

/** The result of a query in the form that `opa eval` gives it. */
export class Results {
  readonly #expressions: PreparedQuery['expressions'];
  readonly #rows: readonly Row[];

  constructor(query: PreparedQuery, { rows, values }: QueryResult) {
    this.#expressions = query.expressions;
    this.#rows = rows.map((row, at) => ({
      values: values[at] ?? [],
      bindings: [...row].sort(([a], [b]) => (a < b ? -1 : 1)),
    }));
  }

  get isDefined(): boolean {
    return this.#rows.length > 0;
  }

  /** A line for each way in which the query holds: the values of its expressions. */
  valueLines(): string {
    return this.#rows.map(({ values }) => `${indented(values)}\n`).join('');
  }

  bindingLines(): string {
    return this.#rows.map((row) => `${indented(bindingsOf(row))}\n`).join('');
  }

  /** For scripts: texts as they are, everything else as JSON. */
  rawLines(): string {
    return this.#rows.map(({ values }) => `${values.map(raw).join(' ')}\n`).join('');
  }

  json(): readonly Structure[] {
    return this.#rows.map((row) => this.#rowJson(row));
  }

  #rowJson(row: Row): Structure {
    const expressions = this.#expressions.map(({ text, row: line, col }, at) =>
      structure({ value: row.values[at], text, location: structure({ row: line, col }) }),
    );
    return structure({ expressions, bindings: row.bindings.length === 0 ? undefined : bindingsOf(row) });
  }

  /** @param limit characters of a cell. */
  pretty(limit: number): string {
    const [first] = this.#rows;
    if (first === undefined) return 'undefined\n';
    const isPlain = first.values.length === 1 || first.values.every((value) => typeof value === 'boolean');
    if (this.#rows.length === 1 && first.bindings.length === 0 && isPlain)
      return `${indented(first.values[0] ?? null)}\n`;
    return prettyTable(this.#columns(first, limit));
  }

  /** Expressions stand before variables; those that are just true or false only where there are no variables. */
  #columns(
    { bindings, values }: Row,
    limit: number,
  ): (readonly [heading: string, cells: readonly string[]])[] {
    const cut = (value: RegoValue | undefined): string => {
      const text = stringifyJson(value ?? null);
      return limit > 0 && text.length > limit ? `${text.slice(0, limit)}...` : text;
    };
    const expressions = this.#expressions.flatMap(({ text }, at) =>
      typeof values[at] === 'boolean' && bindings.length > 0
        ? []
        : [[text, this.#rows.map((row) => cut(row.values[at]))] as const],
    );
    const variables = bindings.map(
      ([name], at) => [name, this.#rows.map((row) => cut(row.bindings[at]?.[1]))] as const,
    );
    return [...expressions, ...variables];
  }
}

function bindingsOf({ bindings }: Row): Structure {
  return new Map(bindings);
}

function raw(value: RegoValue): string {
  return typeof value === 'string' ? value : stringifyJson(value);
}
