import { type JsonValue, SourceText } from '@keelson/core';
import { findForbidden } from './characters.ts';
import { Composer } from './composer.ts';
import type { YamlLimits } from './document.ts';
import { yamlError } from './error.ts';
import { resolveLimits } from './limits.ts';
import { directives } from './node-parts.ts';
import { PositionBuilder } from './positions.ts';

/**
 * The first document of a text read by the core schema of YAML 1.2, as OPA reads YAML: `yes` and `on` are
 * text. Null where there is none. The rest of the text must be YAML too. Throws a `KeelsonError` of this
 * package's codes.
 */
export function parseFirstDocument(text: string, limits: Partial<YamlLimits> = {}): JsonValue {
  const [first] = composeAll(text, limits);
  return first?.value ?? null;
}

/** All documents of such a text, those without content left out. Throws as `parseFirstDocument` does. */
export function parseDocuments(text: string, limits: Partial<YamlLimits> = {}): JsonValue[] {
  return composeAll(text, limits)
    .filter(({ isEmpty }) => !isEmpty)
    .map(({ value }) => value);
}

type Composed = NonNullable<ReturnType<Composer['compose']>>;

function composeAll(text: string, limits: Partial<YamlLimits>): Composed[] {
  const source = new SourceText('', text);
  const bounds = resolveLimits(limits);
  if (text.length > bounds.maxLength) {
    throw yamlError(source, 'YAML_LIMIT', `the text is longer than maxLength, ${bounds.maxLength}`, 0);
  }
  const forbidden = findForbidden(text);
  if (forbidden >= 0) {
    throw yamlError(source, 'YAML_SYNTAX', 'a control character stands in the text', forbidden);
  }
  const composer = new Composer(source, 0, text.length, bounds, new PositionBuilder(), true);
  const { scanner } = composer;
  const documents: Composed[] = [];
  for (let token = scanner.peek(); token.kind !== 'stream-end'; token = scanner.peek()) {
    if (token.kind === 'document-end') {
      scanner.next();
      continue;
    }
    if (documents.length > 0 && token.kind !== 'document-start' && !directives.has(token.kind))
      throw composer.syntax("a document after the first begins with '---'", token.start);
    if (documents.length === bounds.maxDocuments)
      throw composer.fail(
        'YAML_LIMIT',
        `the text holds more documents than maxDocuments, ${bounds.maxDocuments}`,
        token.start,
      );
    const document = composer.compose();
    if (document !== undefined) documents.push(document);
  }
  return documents;
}
