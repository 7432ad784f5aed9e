import { isObject, type JsonObject, type JsonValue } from '@keelson/core';
import { maxPort } from '../sets/connections.ts';
import { protocolNumber } from '../sets/protocols.ts';

/** A destination port of one protocol. */
export interface AssertedPort {
  protocol: number;
  port: number;
}

/** Words that name ends, as written: each is looked up in the cluster. */
export type Ends =
  | { type: 'named'; words: readonly string[] }
  | { type: 'all-but'; words: readonly string[] };

/** What is asserted: that all of the sources reach all of the destinations, or that none reaches any. */
export interface Claim {
  sources: Ends;
  destinations: Ends;
  reach: boolean;
}

export interface Assertion {
  /** As the user wrote it, or its name. */
  text: string;
  claims: readonly Claim[];
  /** Any of these; all connections where none is named. */
  ports: readonly AssertedPort[];
}

/** An assertion, or why it is none. */
export type ReadAssertion = Assertion | { text: string; fault: string };

/**
 * Reads a document of assertions: a list, or a mapping with `assertions`. Each is a sentence, or a mapping with `from`, `to`,
 * `port` or `ports`, `expect` (`allowed`, `denied`) and `name`.
 */
export function readAssertions(document: JsonValue): ReadAssertion[] {
  const list = isObject(document) ? document['assertions'] : document;
  if (!Array.isArray(list)) return [{ text: 'the document', fault: 'has no list of assertions' }];
  return list.map((each, i) => {
    const text = `assertion ${i + 1}`;
    if (typeof each === 'string') return readSentence(each);
    return isObject(each) ? readMapping(each, text) : { text, fault: 'is neither a text nor a mapping' };
  });
}

const fields: ReadonlySet<string> = new Set(['name', 'from', 'to', 'port', 'ports', 'expect']);

function readMapping(value: JsonObject, place: string): ReadAssertion {
  const { name, from, to, port, ports, expect = 'allowed' } = value;
  const text = typeof name === 'string' ? name : place;
  const unknown = Object.keys(value).find((key) => !fields.has(key));
  if (unknown !== undefined) return { text, fault: `has the unknown field ${unknown}` };
  if (expect !== 'allowed' && expect !== 'denied')
    return { text, fault: 'expects neither allowed nor denied' };
  const sources = wordsOf(from);
  const destinations = wordsOf(to);
  if (sources.length === 0 || destinations.length === 0) return { text, fault: 'needs from and to' };
  const portWords = wordsOf(ports ?? port);
  const read = portsOf(portWords);
  if (read === undefined) return { text, fault: 'has a port that is none: write 8080 or 53/UDP' };
  const claim = { sources: named(sources), destinations: named(destinations), reach: expect === 'allowed' };
  const verb = claim.reach ? 'can reach' : 'cannot reach';
  const on = portWords.length === 0 ? '' : ` on ${portWords.join(', ')}`;
  const sentence = `${sources.join(', ')} ${verb} ${destinations.join(', ')}${on}`;
  return { text: typeof name === 'string' ? name : sentence, claims: [claim], ports: read };
}

function wordsOf(value: JsonValue | undefined): string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)];
  return Array.isArray(value) ? value.flatMap((each) => wordsOf(each)) : [];
}

/** Verbs of sentences, and whether they say that something passes. */
const verbs: readonly (readonly [RegExp, boolean])[] = [
  [/ (?:can ?not|can't|must not|may not|does not|do not) reach /i, false],
  [/ (?:can|may|must) reach /i, true],
  [/ reach(?:es)? /i, true],
];

/**
 * A sentence: `web can reach api on 8080`, `web cannot reach db`, `nothing reaches db`, `nothing outside payments reaches db`,
 * `only web, api can reach db on 5432`, `web can reach only api`.
 */
export function readSentence(sentence: string): ReadAssertion {
  const text = sentence.trim();
  for (const [pattern, reach] of verbs) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const subject = text.slice(0, match.index).trim();
    const object = text.slice(match.index + match[0].length).trim();
    return sentenceOf(text, subject, object, reach);
  }
  return { text, fault: 'is no sentence that is known here, as `web can reach api on 8080`' };
}

function sentenceOf(text: string, subject: string, object: string, reach: boolean): ReadAssertion {
  const on = /^(.+?) (?:on|at)(?: ports?)? (.+)$/i.exec(object);
  const ports = on === null ? [] : portsOf(namesIn(on[2] ?? ''));
  if (ports === undefined) return { text, fault: 'has a port that is none: write 8080 or 53/UDP' };
  const target = (on?.[1] ?? object).trim();
  const claims = claimsOf(subject, target, reach);
  return claims === undefined
    ? { text, fault: 'names no source or no destination' }
    : { text, claims, ports };
}

function claimsOf(subject: string, target: string, reach: boolean): Claim[] | undefined {
  const nothing =
    /^(?:nothing|nobody|no one)(?:(?: else)? (?:outside(?: of)?|but|except)(?: for)? (.+))?$/i.exec(subject);
  const only = /^only (.+)$/i.exec(subject);
  const onlyTarget = /^only (.+)$/i.exec(target);
  const targets = namesIn(onlyTarget?.[1] ?? target);
  const words = namesIn(nothing?.[1] ?? only?.[1] ?? (nothing === null ? subject : ''));
  if (targets.length === 0 || (words.length === 0 && nothing === null)) return undefined;
  const destinations = named(targets);
  const others: Claim = { sources: { type: 'all-but', words }, destinations, reach: false };
  // "Nothing cannot reach" is no sentence that a person means.
  if (nothing !== null) return reach && onlyTarget === null ? [others] : undefined;
  const own: Claim = { sources: named(words), destinations, reach };
  if (only !== null) return reach && onlyTarget === null ? [own, others] : undefined;
  if (onlyTarget === null) return [own];
  const elsewhere: Ends = { type: 'all-but', words: targets };
  return reach ? [own, { ...own, destinations: elsewhere, reach: false }] : undefined;
}

function named(words: readonly string[]): Ends {
  return { type: 'named', words };
}

function namesIn(text: string): string[] {
  return text
    .split(/,| and | or /i)
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

/** Undefined where one of the words is no port. */
function portsOf(words: readonly string[]): AssertedPort[] | undefined {
  const ports = words.map(portOf).filter((port) => port !== undefined);
  return ports.length === words.length ? ports : undefined;
}

function portOf(word: string): AssertedPort | undefined {
  const [, number = '', name = 'TCP'] = /^(\d{1,5})(?:\/([A-Za-z]+))?$/.exec(word) ?? [];
  const protocol = protocolNumber(name.toUpperCase());
  const port = Number(number);
  return protocol === undefined || port < 1 || port > maxPort ? undefined : { protocol, port };
}
