import type { Path } from '@keelson/core';
import { effectiveNamespace, type Resource } from '@keelson/kubernetes';
import type { EndpointMatcher, LabelOwner } from '../../model/matcher.ts';
import type { WrittenSelector } from '../../model/policy.ts';
import type { Connections } from '../../sets/connections.ts';
import type { ReadContext } from '../kubernetes/network-policy.ts';
import type { Objects } from '../objects.ts';
import { defaultRootNamespace, everybody, meshMembers } from './mesh.ts';

/** Workloads that have a proxy. */
export function membersOf({ wholeMesh }: ReadContext): EndpointMatcher {
  return wholeMesh === true ? everybody : meshMembers;
}

/** What reading one object needs beside the object. */
export class IstioContext {
  readonly resource: Resource;
  readonly objects: Objects;
  readonly connections: Connections;
  readonly namespace: string;
  /** Whether ranges of addresses speak of Pods whose address is known. */
  readonly addressesMatchPods: boolean;
  /** Workloads that have a proxy. */
  readonly inMesh: EndpointMatcher;
  /** Whether prefixes of routes are taken by elements of a path. */
  readonly prefixesByElement: boolean;
  /** What the object chooses by, as it is read. */
  readonly selectors: WrittenSelector[] = [];
  readonly #read: ReadContext;

  constructor(resource: Resource, read: ReadContext, objects: Objects) {
    this.resource = resource;
    this.objects = objects;
    this.connections = read.connections;
    this.namespace = effectiveNamespace(resource) ?? 'default';
    this.addressesMatchPods = read.rangesMatchPods;
    this.inMesh = membersOf(read);
    this.prefixesByElement = read.routePrefixes === 'elements';
    this.#read = read;
  }

  /** Whether the object holds for the whole mesh. */
  get isRoot(): boolean {
    return this.namespace === (this.#read.rootNamespace ?? defaultRootNamespace);
  }

  /** Notes what something written chooses. */
  chosen(path: Path, owner: LabelOwner, matcher: EndpointMatcher, isAll = false): EndpointMatcher {
    this.selectors.push({ path, owner, matcher, isAll });
    return matcher;
  }

  warn(path: Path, message: string): void {
    this.#read.problems.push({ level: 'warning', resource: this.resource, path, message });
  }
}
