import { type Component, componentsOf, type ProgramContext, type Violation } from '@keelson/checks';
import { isObject } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';

interface Found {
  readonly resource: Resource;
  readonly component: Component;
  readonly file: string;
}

/** etcd that trusts, for clients or peers, the very bundle that the API server accepts clients by. */
export function* etcdUniqueCa({ resources }: ProgramContext): Generator<Violation> {
  const clientCas = settings(resources, 'kube-apiserver', 'client-ca-file');
  for (const flag of ['trusted-ca-file', 'peer-trusted-ca-file']) {
    for (const { resource, component, file } of settings(resources, 'etcd', flag)) {
      const server = clientCas.find((other) => other.file === file);
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

function settings(resources: readonly Resource[], name: string, flag: string): Found[] {
  return resources.flatMap((resource) =>
    componentsOf(resource).flatMap((component) => {
      const { flags } = component.value;
      const file = isObject(flags) ? flags[flag] : undefined;
      if (component.value['name'] !== name || typeof file !== 'string' || file === '') return [];
      return [{ resource, component, file }];
    }),
  );
}
