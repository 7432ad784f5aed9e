import type { Path } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import type { AddressRange } from '../../sets/addresses.ts';
import type { Connections } from '../../sets/connections.ts';
import type { ReadContext } from '../kubernetes/network-policy.ts';
import type { Objects } from '../objects.ts';
import type { SelectorScope } from './selector.ts';

/** What reading one rule of a policy needs beside the rule. */
export class CiliumContext {
  readonly resource: Resource;
  readonly objects: Objects;
  readonly connections: Connections;
  readonly scope: SelectorScope;
  readonly #read: ReadContext;

  constructor(resource: Resource, read: ReadContext, objects: Objects, scope: SelectorScope) {
    this.resource = resource;
    this.objects = objects;
    this.connections = read.connections;
    this.scope = scope;
    this.#read = read;
  }

  /** Addresses of a host by its name; undefined where they are not known. */
  addressesOf(name: string): readonly AddressRange[] | undefined {
    return this.#read.hosts?.get(name);
  }

  warn(path: Path, message: string): void {
    this.#read.problems.push({ level: 'warning', resource: this.resource, path, message });
  }
}
