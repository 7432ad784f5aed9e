import { type CelEnvironment, createEnvironment } from '@keelson/cel';

let environment: CelEnvironment | undefined;

/** The names that expressions of admission policies see; what is not there for a request is null. */
export function admissionEnvironment(): CelEnvironment {
  environment ??= createEnvironment({
    variables: {
      object: 'dyn',
      oldObject: 'dyn',
      request: 'dyn',
      namespaceObject: 'dyn',
      params: 'dyn',
      variables: 'dyn',
    },
  });
  return environment;
}
