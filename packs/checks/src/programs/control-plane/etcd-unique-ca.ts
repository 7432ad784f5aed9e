import { type Component, componentsOf, type ProgramContext, type Violation } from '@keelson/checks';
import { isObject } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';

interface Found {
  readonly resource: Resource;
  readonly component: Component;
}

/** etcd that trusts, for clients or peers, the very bundle that the API server accepts clients by. */
export function* etcdUniqueCa({ resources }: ProgramContext): Generator<Violation> {
  const all: Found[] = resources.flatMap((resource) =>
    componentsOf(resource).map((component) => ({ resource, component })),
  );
  const servers = all.filter(({ component }) => component.value['name'] === 'kube-apiserver');
  for (const { resource, component } of all) {
    if (component.value['name'] !== 'etcd') continue;
    for (const flag of ['trusted-ca-file', 'peer-trusted-ca-file']) {
      const file = flagOf(component, flag);
      const server = servers.find(
        (other) => file !== '' && flagOf(other.component, 'client-ca-file') === file,
      );
      if (server === undefined) continue;
      const place = server.component.place(['flags', 'client-ca-file']);
      yield {
        subject: resource,
        path: component.place(['flags', flag]).path,
        message: `etcd --${flag} is ${file}, by which the API server accepts every client of the cluster`,
        related: [{ subject: server.resource, path: place.related ?? place.path }],
      };
      break;
    }
  }
}

function flagOf({ value: { flags } }: Component, name: string): string {
  const value = isObject(flags) ? flags[name] : undefined;
  return typeof value === 'string' ? value : '';
}
