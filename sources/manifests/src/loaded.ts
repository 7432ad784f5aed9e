import type { KeelsonError, SourceLocation, SourceText } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import type { readDockerfileText } from './text.ts';

export type LoadedDockerfile = ReturnType<typeof readDockerfileText>['input'];

/** Something that was seen and deliberately not judged. */
export interface NotJudged {
  reason: string;
  location: SourceLocation;
  /** True where nothing is missing without it. */
  isEmpty?: boolean;
}

/** Everything that was read. One bad file or document never loses the others. */
export interface LoadedInput {
  resources: Resource[];
  dockerfiles: LoadedDockerfile[];
  /** Texts by file name as shown: for excerpts. */
  sources: Map<string, SourceText>;
  files: number;
  documents: number;
  /** Files that hold nothing to judge: values, settings of tools, data. */
  otherFiles: number;
  /** Kustomizations built and charts rendered. */
  kustomizations: number;
  charts: number;
  /** Input that could not be read: exit 3. */
  errors: KeelsonError[];
  notJudged: NotJudged[];
}

export function emptyInput(): LoadedInput {
  return {
    resources: [],
    dockerfiles: [],
    sources: new Map(),
    files: 0,
    documents: 0,
    otherFiles: 0,
    kustomizations: 0,
    charts: 0,
    errors: [],
    notJudged: [],
  };
}
