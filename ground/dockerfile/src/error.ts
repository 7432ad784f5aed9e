import { KeelsonError, type SourceText, type Span } from '@keelson/core';

/** What each code means; the closed table of this package. */
export const dockerfileErrorCodes = Object.freeze({
  DOCKERFILE_NO_FROM: 'An instruction other than ARG stands before the first FROM.',
  DOCKERFILE_UNKNOWN_INSTRUCTION: 'The keyword is no Dockerfile instruction.',
  DOCKERFILE_DIRECTIVE: 'A parser directive is repeated or has a value that it cannot have.',
  DOCKERFILE_HEREDOC: 'A here-document has no line that ends it.',
  DOCKERFILE_ARGUMENTS: 'An instruction has too few, too many or malformed arguments.',
  DOCKERFILE_LIMIT: 'A bound on size was reached; the rest was left out.',
});

export type DockerfileErrorCode = keyof typeof dockerfileErrorCodes;

/** Gathers problems with their positions. */
export class ProblemList {
  readonly source: SourceText;
  readonly items: KeelsonError<DockerfileErrorCode>[] = [];

  constructor(source: SourceText) {
    this.source = source;
  }

  add(code: DockerfileErrorCode, message: string, span: Span): void {
    this.items.push(new KeelsonError(code, message, { location: this.source.location(span) }));
  }
}
