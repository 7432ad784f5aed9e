import { isObject, type JsonObject, JsonSyntaxError, type JsonValue, parseJson } from '@keelson/core';
import { isAddress } from '../sets/addresses.ts';
import { maxPort } from '../sets/connections.ts';
import { isCalicoFlow, readCalicoFlow } from './calico-flow.ts';
import { tableReader } from './csv-flow.ts';
import type { FlowProblem, ObservedFlow, ReadFlow } from './flow.ts';
import { isHubble, readHubble } from './hubble.ts';

/** Longer lines are not read: a flow has a few kilobytes. */
export const maxFlowLine = 1 << 20;
/** Different connections that are kept; a log of more is of a cluster that has to be taken in parts. */
export const maxFlows = 1_000_000;
const maxProblems = 100;

/** Takes flows line by line and keeps each different connection once. */
export class FlowReader {
  readonly #flows = new Map<string, ObservedFlow>();
  #problems: FlowProblem[] = [];
  #line = 0;
  #isFirst = true;
  /** Reads the rows of the log where it is a table. */
  #table: ReturnType<typeof tableReader>;
  #unread = 0;
  /** Whether the log is of a form that is not known. */
  #isUnknown = false;
  #lost = 0;
  #audited = 0;

  /** One line of a log; empty ones are passed over. */
  add(line: string): void {
    this.#line++;
    const text = line.trim();
    if (text.length > maxFlowLine) this.#problem(`is longer than ${maxFlowLine} characters`);
    else if (text !== '') this.#addLine(text);
  }

  /** A flow, a list of flows, or a page of them as `{"items": [...]}`. */
  addValue(value: JsonValue): void {
    const list = isObject(value) ? value['items'] : value;
    if (Array.isArray(list)) for (const each of list) this.addValue(each);
    else if (isObject(value)) this.#addFlow(value);
    else this.#problem('is not an object');
  }

  /** The first line of a log tells whether it is a table. */
  #addLine(text: string): void {
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    if (isFirst && !/^[{[]/.test(text)) {
      this.#table = tableReader(text);
      if (this.#table !== undefined) return;
      // A table without the columns is told once, and not for each of its rows.
      if (/[,\s]/.test(text)) {
        this.#isUnknown = true;
        this.#problem('is no JSON and names no columns srcaddr, dstaddr, dstport and protocol');
      }
    }
    if (this.#isUnknown && !/^[{[]/.test(text)) {
      this.#unread += isFirst ? 0 : 1;
      return;
    }
    if (this.#table === undefined) this.#addText(text);
    else this.#addRead(this.#table(text));
  }

  #addText(text: string): void {
    try {
      this.addValue(parseJson(text));
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error;
      this.#problem(`is not JSON: ${error.message}`);
    }
  }

  #addFlow(value: JsonObject): void {
    this.#addRead(readFlow(value));
  }

  #addRead(read: ReadFlow | undefined): void {
    if (read === 'skipped') return;
    if (read === undefined) this.#problem('is no connection that is known here, or one without its ends');
    else if ('lost' in read) this.#lost += read.lost;
    else if ('fault' in read) this.#problem(read.fault);
    else this.#keepSound(read);
  }

  #keepSound(flow: ObservedFlow): void {
    const fault = faultOf(flow);
    if (fault !== undefined) this.#problem(fault);
    else {
      if (flow.audited === true) this.#audited++;
      this.#keep(flow);
    }
  }

  /** Different connections that were seen. */
  flows(): readonly ObservedFlow[] {
    return [...this.#flows.values()];
  }

  /** Ends a log: the lines of it that are no connections, of which the first are named, and what else a reader has to know. Lines of the next are counted from one. */
  endLog(): { problems: readonly FlowProblem[]; unread: number; notes: readonly string[] } {
    const notes = [
      ...(this.#lost === 0
        ? []
        : [`${this.#lost} flows were lost before the log was written: what they were is not allowed`]),
      ...(this.#audited === 0
        ? []
        : [
            `${this.#audited} flows have the verdict AUDIT: they passed because policies that deny them are not enforced yet, and count as allowed`,
          ]),
    ];
    const ended = { problems: this.#problems, unread: this.#unread, notes };
    this.#lost = 0;
    this.#audited = 0;
    this.#isUnknown = false;
    this.#problems = [];
    this.#unread = 0;
    this.#line = 0;
    this.#isFirst = true;
    this.#table = undefined;
    return ended;
  }

  /** Both reporters tell of one connection, and many connections are alike. */
  #keep(flow: ObservedFlow): void {
    const key = JSON.stringify([
      keyOf(flow.source),
      keyOf(flow.destination),
      flow.protocol,
      flow.port,
      flow.allowed,
    ]);
    const known = this.#flows.get(key);
    if (known !== undefined) known.count += flow.count;
    else if (this.#flows.size >= maxFlows) this.#problem(`is beyond ${maxFlows} different connections`);
    else this.#flows.set(key, flow);
  }

  #problem(message: string): void {
    this.#unread++;
    if (this.#problems.length < maxProblems) this.#problems.push({ line: this.#line, message });
  }
}

function readFlow(value: JsonObject): ReadFlow | undefined {
  if (isHubble(value)) return readHubble(value);
  return isCalicoFlow(value) ? readCalicoFlow(value) : undefined;
}

/** What a log says ends up in policies, which an API server has to take. */
function faultOf({ source, destination, port }: ObservedFlow): string | undefined {
  if (!Number.isInteger(port) || port < 0 || port > maxPort)
    return `names the port ${port}, which there is not`;
  const addresses = [source, destination].map((end) => ('address' in end ? end.address : undefined));
  const wrong = addresses.find((address) => address !== undefined && !isAddress(address));
  return wrong === undefined ? undefined : `names ${wrong.slice(0, 60)}, which is no address`;
}

function keyOf(end: ObservedFlow['source']): unknown {
  switch (end.type) {
    case 'workload':
      return [end.namespace, end.name, [...end.labels].sort()];
    case 'address':
      return [end.address, end.names];
    case 'host':
      return [end.type, end.name, end.address ?? ''];
    case 'unknown':
      return [end.type, end.reason];
    default:
      return end.type;
  }
}
