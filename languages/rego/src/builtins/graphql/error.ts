import type { Position } from './node.ts';

/** A fault of a document, at a place where there is one. */
export class GraphqlFault extends Error {
  readonly position: Position | undefined;

  constructor(message: string, position: Position | undefined) {
    super(message);
    this.position = position;
  }

  /** As gqlparser prints it. */
  get text(): string {
    const { position } = this;
    return position === undefined
      ? `input: ${this.message}`
      : `input:${position.line}:${position.column}: ${this.message}`;
  }
}

/** A fault at a node that has no place counts as being at -1:-1. */
export function faultAt(position: Position | undefined, message: string): GraphqlFault {
  return new GraphqlFault(message, position ?? { line: -1, column: -1 });
}

/** gqlparser's text as OPA words it: the place of the first fault behind the message. */
export function describe(printed: string): string {
  const found = /^[^:]*:(\d+):(\d+):([\s\S]*)$/.exec(printed);
  if (found === null) return `GraphQL parse error: ${printed}`;
  const message = (found[3] ?? '').replace(/^ +/, '').replace(/\.\n$/, '');
  return `${message} in GraphQL string at location ${found[1]}:${found[2]}`;
}
