import { isObject, type JsonObject, type JsonValue } from '@keelson/core';

export function objectIn(value: JsonObject, ...names: readonly string[]): JsonObject {
  const found = names.map((name) => value[name]).find((each) => isObject(each));
  return isObject(found) ? found : {};
}

export function textIn(value: JsonObject, ...names: readonly string[]): string {
  for (const name of names) {
    const found = value[name];
    if (typeof found === 'string') return found;
  }
  return '';
}

/** A number, which logs write as a text too. */
export function numberIn(value: JsonObject, ...names: readonly string[]): number {
  for (const name of names) {
    const found = value[name];
    if (typeof found === 'number') return found;
    if (typeof found === 'string' && /^\d+$/.test(found)) return Number(found);
  }
  return 0;
}

export function textsIn(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

/** A name that an object, a namespace or a host may have (RFC 1123 subdomain): what a log says ends up in policies. */
export function isName(text: string): boolean {
  return (
    text.length > 0 &&
    text.length <= 253 &&
    text.split('.').every((label) => /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(label))
  );
}

/** `key=value` texts as labels. */
export function labelsFrom(texts: readonly string[]): Map<string, string> {
  const labels = new Map<string, string>();
  for (const text of texts) {
    const at = text.indexOf('=');
    if (at > 0) labels.set(text.slice(0, at).trim(), text.slice(at + 1).trim());
  }
  return labels;
}

/** The name of what makes a Pod, as far as the Pod's own name tells: without what ReplicaSets and Jobs add. */
export function ownerOfPod(pod: string): string {
  const match = /^(.+?)(?:-[0-9a-f]{6,10})?-(?:[a-z0-9]{5}|\d+|\*)$/.exec(pod);
  return match?.[1] ?? pod;
}
