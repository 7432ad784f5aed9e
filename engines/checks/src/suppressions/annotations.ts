import { isObject, type JsonValue, type Path } from '@keelson/core';
import { podTemplates, type Resource } from '@keelson/kubernetes';
import type { Directive } from './directive.ts';

/** Annotation `ignore.keelson.dev/<check>: reason`, on the object or its Pod template. */
export const ignoreAnnotationPrefix = 'ignore.keelson.dev/';

type Reader = (key: string, value: string) => { tool: string; rules: string[]; reason: string } | undefined;

const readers: readonly Reader[] = [
  (key, value) => prefixed('keelson', key, ignoreAnnotationPrefix, value),
  (key, value) =>
    prefixed('kube-linter', key, 'ignore-check.kube-linter.io/', value || 'kube-linter annotation'),
  (key, value) => {
    if (!/^checkov\.io\/skip\d*$/.test(key)) return undefined;
    const [rule = '', ...reason] = value.split('=');
    return { tool: 'checkov', rules: [rule.trim()], reason: reason.join('=').trim() || 'checkov annotation' };
  },
  (key, value) => {
    if (key !== 'kube-score/ignore') return undefined;
    const rules = value.split(',').map((rule) => rule.trim());
    return { tool: 'kube-score', rules, reason: 'kube-score annotation' };
  },
  (key, value) => {
    const match = /^polaris\.fairwinds\.com\/(.+)-exempt$/.exec(key);
    if (match?.[1] === undefined || value !== 'true') return undefined;
    return { tool: 'polaris', rules: [match[1]], reason: 'polaris annotation' };
  },
];

function prefixed(tool: string, key: string, prefix: string, reason: string) {
  return key.startsWith(prefix)
    ? { tool, rules: [key.slice(prefix.length)], reason: reason.trim() }
    : undefined;
}

/** Directives in the annotations of an object and of its Pod templates; each covers the whole object. */
export function annotationDirectives(resource: Resource): Directive[] {
  const places: { annotations: JsonValue | undefined; path: Path }[] = [];
  const { metadata } = resource.object;
  if (isObject(metadata))
    places.push({ annotations: metadata['annotations'], path: ['metadata', 'annotations'] });
  for (const template of podTemplates(resource)) {
    if (template.path.length === 0) continue;
    const path = [...template.path, 'metadata', 'annotations'];
    places.push({ annotations: template.metadata['annotations'], path });
  }
  return places.flatMap(({ annotations, path }) => {
    if (!isObject(annotations)) return [];
    return Object.keys(annotations).flatMap((key) => {
      const value = annotations[key];
      const found = readers
        .map((read) => read(key, typeof value === 'string' ? value : ''))
        .find((item) => item);
      if (found === undefined) return [];
      return [{ ...found, location: resource.origin.locate([...path, key]), lines: undefined }];
    });
  });
}
