import type { Subject } from '@keelson/evidence';
import { subjectOf } from '../subject.ts';
import { shared } from '../told.ts';
import { type Property, property } from './document.ts';
import { markup, string, uuidOf } from './text.ts';

/** What was judged, as an inventory item that observations refer to. */
export interface InventoryItem {
  uuid: string;
  json: string;
}

/** An inventory item for every subject of a finding, by the subject's identity. */
export const inventoryOf = shared(
  ({ findings, comparison }) => [findings, comparison],
  ({ findings, comparison }): ReadonlyMap<string, InventoryItem> => {
    const items = new Map<string, InventoryItem>();
    const add = (subject: string, object: string | undefined) => {
      if (!items.has(subject)) items.set(subject, itemOf(subject, object));
    };
    for (const { finding } of findings) add(finding.subject, finding.object);
    for (const { subject, object } of comparison?.resolved ?? []) add(subject, object);
    for (const { finding } of comparison?.notComparable ?? []) add(finding.subject, finding.object);
    return items;
  },
);

function itemOf(identity: string, object: string | undefined): InventoryItem {
  const uuid = uuidOf('subject', identity);
  const subject = subjectOf(identity);
  const json = JSON.stringify({
    uuid,
    description: markup(object ?? identity),
    props: [
      { name: 'asset-id', value: string(identity) },
      ...(subject === undefined ? [] : propertiesOf(subject)),
    ],
  });
  return { uuid, json };
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
