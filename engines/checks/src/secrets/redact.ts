import { isObject, type JsonValue } from '@keelson/core';
import { Redactor, type SensitiveKey } from '@keelson/evidence';
import { type CheckedSubject, isResource } from '../findings.ts';
import { credentialsIn, replaceCredentials } from './forms.ts';
import { credentialShapes, isPlaceholder, isSecretName } from './patterns.ts';

/** Values made known at most; past it every further value is still found by its shape. */
const maxValues = 20_000;

/** Takes sensitive values out of texts. */
export interface SensitiveText {
  /** Of sentences about the input: values that are no ordinary words. */
  message: (text: string) => string;
  /** Of text as it stands in the input: ordinary words too, where they are a whole value. */
  source: (text: string) => string;
}

/**
 * What takes every sensitive value of the input out of a text: what Secrets hold (as written and decoded), what
 * stands under names of secrets in environments, ConfigMaps, arguments, annotations and Dockerfiles, what is written
 * as credentials are (`curl -u name:password`), and whatever has the shape of a credential.
 */
export function redactor(subjects: Iterable<CheckedSubject>, key: SensitiveKey): SensitiveText {
  const values = new Set<string>();
  for (const subject of subjects) {
    if (values.size > maxValues) break;
    if (isResource(subject)) {
      if (subject.kind === 'Secret' && subject.group === '') collectSecret(subject.object, values);
      else collectNamed(subject.object, values, 0);
    } else {
      collectDockerfile(subject.value, values);
    }
  }
  const strong = new Redactor(key);
  const every = new Redactor(key);
  for (const value of values) {
    every.add(value, isOrdinary(value) ? 'whole-value' : 'anywhere');
    if (!isOrdinary(value)) strong.add(value);
  }
  const withShapes = (text: string) => {
    let out = text;
    for (const { pattern, mark } of shapes) {
      if (mark.every((word) => out.includes(word))) out = out.replace(pattern, (found) => key.digest(found));
    }
    return replaceCredentials(out, (found) => key.digest(found));
  };
  return {
    message: remembered((text) => withShapes(strong.redact(text))),
    source: remembered((text) => withShapes(every.redact(text))),
  };
}

/** Several reports show the same texts, and one report many of them often. */
const maxRemembered = 50_000;
const maxRememberedLength = 500;

function remembered(redact: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    if (text.length > maxRememberedLength) return redact(text);
    let out = known.get(text);
    if (out === undefined) {
      out = redact(text);
      if (known.size < maxRemembered) known.set(text, out);
    }
    return out;
  };
}

const shapes = credentialShapes.map(({ pattern, mark }) => ({
  mark,
  pattern: new RegExp(pattern, `${pattern.flags}g`),
}));

/** `admin`, `root`, `1234`: a secret in its place, and a word or number like others everywhere else. */
function isOrdinary(value: string): boolean {
  return value.length < 8 || /^(?:[A-Za-z]{1,12}|[\d.:]+)$/.test(value);
}

function add(values: Set<string>, value: string): void {
  const text = value.trim();
  if (isPlaceholder(text)) return;
  values.add(text);
  // Excerpts show one line at a time.
  for (const line of text.split('\n')) if (line.trim().length >= 8) values.add(line.trim());
}

function collectSecret(secret: JsonValue, values: Set<string>): void {
  if (!isObject(secret)) return;
  for (const field of ['data', 'stringData']) {
    const entries = secret[field];
    if (!isObject(entries)) continue;
    for (const value of Object.values(entries)) {
      if (typeof value !== 'string') continue;
      add(values, value);
      if (field === 'data' && /^[A-Za-z0-9+/=\s]+$/.test(value))
        add(values, Buffer.from(value, 'base64').toString('utf8'));
    }
  }
  collectNamed(secret, values, 0);
}

/** Texts under keys that name secrets, `{name, value}` pairs, and arguments like `--password=x`. */
function collectNamed(value: JsonValue, values: Set<string>, depth: number): void {
  if (depth > 64) return;
  if (Array.isArray(value)) {
    addWords(value, values);
    for (const [i, item] of value.entries()) {
      if (typeof item === 'string') collectArgument(item, value[i + 1], values);
      else collectNamed(item, values, depth + 1);
    }
    return;
  }
  if (!isObject(value)) return;
  const { name, value: paired } = value;
  if (typeof name === 'string' && typeof paired === 'string') {
    if (isSecretName(name)) add(values, paired);
    // Headers of probes and hooks.
    else if (/^(?:proxy-)?authorization$/i.test(name)) addHeader(paired, values);
  }
  const { command, args } = value;
  if (Array.isArray(command) && Array.isArray(args)) addWords([...command, ...args], values);
  for (const key of Object.keys(value)) {
    const child = value[key] ?? null;
    if (typeof child !== 'string') collectNamed(child, values, depth + 1);
    else if (isSecretName(key)) add(values, child);
    else {
      addWritten(key === 'image' ? `image: ${child}` : child, values);
      if (child.includes('\n') || child.includes('=')) collectLines(child, values);
    }
  }
}

/** The value of an `Authorization` header: all of it, and what stands behind the scheme. */
function addHeader(value: string, values: Set<string>): void {
  add(values, value);
  const behind = value.trim().split(/\s+/).slice(1).join(' ');
  if (behind !== '') add(values, behind);
}

/** Credentials by the way they are written, as in a command line. */
function addWritten(text: string, values: Set<string>): void {
  for (const secret of credentialsIn(text.replace(/\\\r?\n/g, ' '))) add(values, secret);
}

/** A command whose words are items of a list. */
function addWords(items: readonly JsonValue[], values: Set<string>): void {
  const words = items.filter((item) => typeof item === 'string');
  if (words.length > 0) addWritten(words.join(' '), values);
}

function collectArgument(item: string, next: JsonValue | undefined, values: Set<string>): void {
  const match = /^--?([A-Za-z][\w.-]{0,80})(?:=(.{1,4096}))?$/.exec(item);
  if (match?.[1] === undefined) {
    collectLines(item, values);
    return;
  }
  if (!isSecretName(match[1])) return;
  if (match[2] !== undefined) add(values, match[2]);
  else if (typeof next === 'string' && !next.startsWith('-')) add(values, next);
}

/** `key=value` and `key: value` lines in configuration texts. */
function collectLines(text: string, values: Set<string>): void {
  if (text.length > 1_048_576) return;
  for (const match of text.matchAll(
    /(?:^|[\s;,&?{"'])([A-Za-z][\w.-]{0,80})["']?\s{0,4}[=:]\s{0,4}["']?([^\s"';,&]{1,1024})/g,
  )) {
    const [, key = '', value = ''] = match;
    if (isSecretName(key)) add(values, value);
  }
}

function collectDockerfile(value: JsonValue, values: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) collectDockerfile(item, values);
  else if (isObject(value)) {
    const { keyword, value: text } = value;
    if (typeof keyword === 'string' && typeof text === 'string') {
      collectLines(text, values);
      addWritten(`${keyword} ${text}`, values);
      const words = text.split(/\s+/);
      if (keyword === 'ENV' && words.length > 1 && isSecretName(words[0] ?? ''))
        add(values, words.slice(1).join(' '));
      for (const [i, word] of words.entries()) collectArgument(word, words[i + 1], values);
    }
    for (const child of Object.values(value)) if (typeof child === 'object') collectDockerfile(child, values);
  }
}
