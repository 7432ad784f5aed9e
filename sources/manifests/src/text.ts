import type { KeelsonError, SourceText } from '@keelson/core';
import { dockerfileValue, locateDockerfile, parseDockerfile } from '@keelson/dockerfile';
import { type Resource, resourcesOf } from '@keelson/kubernetes';
import { parseYaml, type YamlLimits, type YamlStream } from '@keelson/yaml';
import { ManifestError } from './errors.ts';
import { documentOrigin } from './origin.ts';

/** What one text holds. */
export interface ManifestText {
  resources: Resource[];
  /** Documents that are YAML but no Kubernetes objects. */
  otherDocuments: number;
  errors: KeelsonError[];
  stream: YamlStream;
}

/** Reads the Kubernetes objects of a YAML or JSON text, with the position of every field. */
export function readManifestText(source: SourceText, limits: Partial<YamlLimits> = {}): ManifestText {
  return manifestOf(source, parseYaml(source, { limits }));
}

/** The objects of a text that has been parsed. */
export function manifestOf(source: SourceText, stream: YamlStream): ManifestText {
  const out: ManifestText = { resources: [], otherDocuments: 0, errors: [...stream.errors], stream };
  for (const document of stream.documents) {
    const origin = documentOrigin(source, document);
    const { resources, problems } = resourcesOf(document.value, origin);
    for (const resource of resources) out.resources.push(resource);
    for (const problem of problems) {
      if (problem.code === 'not-an-object' && problem.path.length === 0) out.otherDocuments++;
      else
        out.errors.push(
          new ManifestError('MANIFEST_LIST', problem.reason, { location: origin.locate(problem.path) }),
        );
    }
  }
  return out;
}

/** Reads a Dockerfile as checks see it. */
export function readDockerfileText(source: SourceText) {
  const { dockerfile, problems } = parseDockerfile(source);
  const value = dockerfileValue(dockerfile);
  return {
    input: {
      file: source.file,
      dockerfile,
      value,
      locate: (path: readonly (string | number)[]) => locateDockerfile(dockerfile, path),
    },
    problems,
  };
}
