import { isObject, type Path } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import { FieldFault } from './fields.ts';

const name = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const prefix = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const maxName = 63;
const maxPrefix = 253;
const maxPortName = 15;

/**
 * A key of a label as Kubernetes takes it ("Syntax and character set").
 * @throws FieldFault
 */
export function checkLabelKey(key: string, path: Path): void {
  const parts = key.split('/');
  const own = parts.at(-1) ?? '';
  const before = parts.slice(0, -1);
  const isName = own.length <= maxName && name.test(own);
  const isPrefix = before.every((text) => text.length <= maxPrefix && prefix.test(text));
  if (!isName || !isPrefix || before.length > 1) throw new FieldFault(path, 'is not a key of a label');
}

/**
 * A value of a label as Kubernetes takes it; it may be empty.
 * @throws FieldFault
 */
export function checkLabelValue(value: string, path: Path): void {
  if (value !== '' && (value.length > maxName || !name.test(value)))
    throw new FieldFault(path, 'is not a value of a label');
}

/**
 * A name of a port as Kubernetes takes it (RFC 6335 5.1).
 * @throws FieldFault
 */
export function checkPortName(value: string, path: Path): void {
  const isName = value.length <= maxPortName && /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(value);
  if (!isName || !/[a-z]/.test(value)) throw new FieldFault(path, 'is not a port or a name of one');
}

/**
 * The name of an object, which has to be a DNS subdomain ("Object Names and IDs"); that of one that is to be given a name may be missing.
 * @throws FieldFault
 */
export function checkName({ name: own, object }: Resource): void {
  const path = ['metadata', 'name'];
  const metadata = object['metadata'];
  if (own === '') {
    if (isObject(metadata) && metadata['generateName'] !== undefined) return;
    throw new FieldFault(path, 'is missing');
  }
  if (own.length > maxPrefix || !prefix.test(own))
    throw new FieldFault(path, 'is not a name that a cluster takes: small letters, digits, - and dots');
}
