import type { JsonObject, Path, Span } from '@keelson/core';
import type { Dockerfile } from '@keelson/dockerfile';
import type { Resource } from '@keelson/kubernetes';

/** A Dockerfile with the plain value that CEL checks read. */
export interface DockerfileInput {
  readonly file: string;
  readonly dockerfile: Dockerfile;
  readonly value: JsonObject;
  locate(path: Path): Span;
}

/** What is judged together: cross-object checks see all of it. */
export interface JudgeInput {
  readonly resources: readonly Resource[];
  readonly dockerfiles: readonly DockerfileInput[];
  readonly defaultNamespace?: string;
}
