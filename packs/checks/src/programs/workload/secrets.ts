import type { ProgramContext, Violation } from '@keelson/checks';
import { isObject, type JsonObject, type Path } from '@keelson/core';
import { podTemplates, type Resource } from '@keelson/kubernetes';
import { listAt, mappingAt, textAt } from '../fields.ts';
import {
  credentialIn,
  isCredible,
  isDigest,
  isElidedKey,
  isPassedOn,
  isPlainUrl,
  isStandIn,
  namesSecret,
} from './credible.ts';

/** Endings of the keys in Secrets that hold what everybody may know. */
const publicKey =
  /(?:^|[-_. ])(?:crt|cert|certificate|ca|pub|user|users|username|user_?name|username_in|account|account_?name|email|name|project|tenant|host|hostname|address|server|url|uri|endpoint|port|type|region|zone|bucket|database|db|cipher|hash|provider|pbkdf|algorithm|size|enabled|namespace|version|path|file|environment|env|level|description|repository|registry|client_?id|key_?id|app_?id|id)$|(?:account|user|host|bucket|cluster|server|database)name$/;
/** Longest text that is searched line by line. */
const maxText = 262_144;

/** True for an object that was read from a cluster: the API server has given it an identity. */
function isLive(resource: Resource): boolean {
  return textAt(resource.object, ['metadata', 'uid']) !== undefined;
}

/** Entries of a Secret whose value is written out; what a Secret says about users, hosts and the like is left alone. */
export function* literalSecrets({ resources }: ProgramContext): Generator<Violation> {
  for (const secret of resources) {
    if (isLive(secret)) continue;
    for (const field of ['stringData', 'data']) {
      const entries = mappingAt(secret.object, [field]);
      for (const key of Object.keys(entries ?? {})) {
        const text = textAt(secret.object, [field, key]);
        const value = text === undefined || field === 'stringData' ? text : decoded(text);
        if (value === undefined || !isSecretEntry(key, value)) continue;
        yield {
          subject: secret,
          path: [field, key],
          message: `Secret "${secret.name}" carries the value of "${key}" in the manifest`,
        };
      }
    }
  }
}

function isSecretEntry(key: string, value: string): boolean {
  if (isStandIn(value) || isPlainUrl(value) || isElidedKey(value)) return false;
  if (credentialIn(value) !== undefined || /dockerc(?:onfigjson|fg)$/.test(key)) return true;
  if (value.includes('\n')) return assignedSecret(value) !== undefined;
  if (publicKey.test(key.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase())) return false;
  return !namesSecret(key) || value.trim().includes(' ') || value.length < 4 || isCredible(key, value);
}

/** What base64 stands for; undefined when it is none, for instance a template's place holder. */
function decoded(text: string): string | undefined {
  const compact = text.replace(/\s/g, '');
  if (compact.length > maxText || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) return undefined;
  try {
    return atob(compact);
  } catch {
    return undefined;
  }
}

/** Secrets in ConfigMaps: an entry named like one, or a line of an entry that assigns one. */
export function* configMapSecrets({ resources }: ProgramContext): Generator<Violation> {
  for (const map of resources) {
    const entries = mappingAt(map.object, ['data']);
    for (const key of Object.keys(entries ?? {})) {
      const text = textAt(map.object, ['data', key]);
      const what = text === undefined ? undefined : secretIn(key, text);
      if (what === undefined) continue;
      yield {
        subject: map,
        path: ['data', key],
        message: `ConfigMap "${map.name}" holds ${what} in "${key}"`,
      };
    }
  }
}

function secretIn(key: string, text: string): string | undefined {
  if (!text.includes('\n') && namesSecret(key) && isCredible(key, text)) return 'a secret';
  const credential = credentialIn(text);
  if (credential !== undefined) return `a credential (${credential})`;
  return text.length > maxText ? undefined : assignedSecret(text);
}

/** `NAME=value`, `name: value` or `"name": "value"`, alone on a line. */
const assignment = /^[\s"'-]{0,64}(?:export\s{1,8})?([A-Za-z][\w.-]{0,127})["']?\s{0,8}([=:])\s{0,8}(.*)$/;

function assignedSecret(text: string): string | undefined {
  for (const line of text.split('\n')) {
    if (line.length > 1024) continue;
    const match = assignment.exec(line);
    if (match === null) continue;
    const [, name = '', separator, rest = ''] = match;
    const value = unquoted(rest);
    if (separator === '=' && isPassedOn(name, rest)) continue;
    if (namesSecret(name) && isCredible(name, value)) return `a secret ("${name}")`;
  }
  return undefined;
}

/** The value of an assignment without its quotes and what JSON or a list puts after it. */
function unquoted(text: string): string {
  const match = /^(["'])([^"']*)\1[\s,;}\]]*$/.exec(text);
  return match?.[2] ?? text.replace(/[,;]?\s*$/, '');
}

/** Environment variables that carry a secret in the manifest. */
export function* environmentSecrets(context: ProgramContext): Generator<Violation> {
  for (const { resource, name, path, container } of containersOf(context)) {
    for (const [i, variable] of listAt(container, ['env']).entries()) {
      if (!isObject(variable)) continue;
      const key = textAt(variable, ['name']) ?? '';
      const value = textAt(variable, ['value']);
      if (value === undefined) continue;
      const credential = credentialIn(value);
      if (credential === undefined && !(namesSecret(key) && isCredible(key, value))) continue;
      const what = credential === undefined ? 'a secret' : `a credential (${credential})`;
      yield {
        subject: resource,
        path: [...path, 'env', i, 'value'],
        message: `container "${name}" is given ${what} as the text of variable ${key}`,
      };
    }
  }
}

const option = /^--?([A-Za-z][\w.-]{0,127})(?:=(.*))?$/s;

/** Secrets in command and arguments: `--password=…`, `--token …` and credentials that are known by their shape. */
export function* argumentSecrets(context: ProgramContext): Generator<Violation> {
  for (const { resource, name, path, container } of containersOf(context)) {
    for (const field of ['command', 'args']) {
      const words = listAt(container, [field]);
      for (const [i, word] of words.entries()) {
        if (typeof word !== 'string') continue;
        const what = secretWord(word, words[i + 1]);
        if (what === undefined) continue;
        yield {
          subject: resource,
          path: [...path, field, i],
          message: `container "${name}" is given ${what} on its command line`,
        };
      }
    }
  }
}

function secretWord(word: string, next: unknown): string | undefined {
  const credential = credentialIn(word);
  if (credential !== undefined) return `a credential (${credential})`;
  const match = option.exec(word);
  if (match === null) return undefined;
  const [, name = '', attached] = match;
  if (!namesSecret(name)) return undefined;
  const value = attached ?? (typeof next === 'string' && !next.startsWith('-') ? next : undefined);
  return value !== undefined && isCredible(name, value) ? `a secret (${name})` : undefined;
}

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** Annotations and labels that carry a credential, and Secrets that kubectl has copied into an annotation. */
export function* annotationSecrets({ resources }: ProgramContext): Generator<Violation> {
  for (const resource of resources) {
    // A Pod is its own template, with an empty path.
    const templates = podTemplates(resource).flatMap(({ path }) => (path.length === 0 ? [] : [path]));
    const places: Path[] = [[], ...templates];
    for (const place of places) yield* metadataSecrets(resource, [...place, 'metadata']);
  }
}

function* metadataSecrets(resource: Resource, metadata: Path): Generator<Violation> {
  for (const field of ['annotations', 'labels']) {
    const entries = mappingAt(resource.object, [...metadata, field]);
    for (const key of Object.keys(entries ?? {})) {
      const path = [...metadata, field, key];
      const text = textAt(resource.object, path);
      const what = text === undefined ? undefined : annotationSecret(resource, key, text);
      if (what === undefined) continue;
      const message = `${resource.kind} "${resource.name}" holds ${what} in ${field.slice(0, -1)} ${key}`;
      yield { subject: resource, path, message };
    }
  }
}

function annotationSecret(resource: Resource, key: string, text: string): string | undefined {
  if (key === lastApplied) {
    return resource.kind === 'Secret' && /"(?:data|stringData)"\s?:\s?\{\s?"/.test(text)
      ? "the Secret's own data"
      : undefined;
  }
  const credential = credentialIn(text);
  if (credential !== undefined) return `a credential (${credential})`;
  // Charts restart Pods by annotations with the digest of what they mount.
  if (key.toLowerCase().startsWith('checksum') || isDigest(text)) return undefined;
  const name = key.slice(key.lastIndexOf('/') + 1);
  return namesSecret(name) && isCredible(name, text) && text.length >= 8 && /\d/.test(text)
    ? 'a secret'
    : undefined;
}

/** Containers of every Pod template among the check's objects. */
function* containersOf({ resources }: ProgramContext): Generator<{
  resource: Resource;
  name: string;
  path: Path;
  container: JsonObject;
}> {
  for (const resource of resources) {
    for (const template of podTemplates(resource)) {
      for (const { name, path, container } of template.containers) yield { resource, name, path, container };
    }
  }
}
