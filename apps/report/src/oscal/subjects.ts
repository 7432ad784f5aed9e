import type { Subject } from '@keelson/evidence';
import { subjectOf } from '../subject.ts';
import { shared } from '../told.ts';
import { type Property, property } from './document.ts';
import { markup, string, uuidOf } from './text.ts';

/** What was judged: an inventory item for every subject of a finding, as JSON, by the subject's identity. */
export const inventoryOf = shared(
  ({ findings, comparison }) => [findings, comparison],
  ({ findings, comparison }): ReadonlyMap<string, string> => {
    const items = new Map<string, string>();
    const add = (subject: string, object: string | undefined) => {
      if (!items.has(subject)) items.set(subject, JSON.stringify(itemOf(subject, object)));
    };
    for (const { finding } of findings) add(finding.subject, finding.object);
    for (const { subject, object } of comparison?.resolved ?? []) add(subject, object);
    for (const { finding } of comparison?.notComparable ?? []) add(finding.subject, finding.object);
    return items;
  },
);

/** By this UUID observations refer to an inventory item. */
export function subjectUuid(identity: string): string {
  return uuidOf('subject', identity);
}

function itemOf(identity: string, object: string | undefined) {
  const subject = subjectOf(identity);
  return {
    uuid: subjectUuid(identity),
    description: markup(object ?? identity),
    props: [
      { name: 'asset-id', value: string(identity) },
      ...(subject === undefined ? [] : propertiesOf(subject)),
    ],
  };
}

function propertiesOf(subject: Subject): Property[] {
  if (subject.type === 'file') return [property('file', subject.path)];
  if (subject.type !== 'object' && subject.type !== 'source-object') return [];
  const { group, kind, namespace, name } = subject;
  const place = subject.type === 'object' ? { cluster: subject.cluster } : { file: subject.path };
  return Object.entries({ 'api-group': group, kind, namespace, name, ...place }).flatMap(([key, value]) =>
    value === '' ? [] : [property(key, value)],
  );
}
