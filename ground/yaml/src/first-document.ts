import { type JsonValue, SourceText } from '@keelson/core';
import { findForbidden } from './characters.ts';
import { Composer } from './composer.ts';
import type { YamlLimits } from './document.ts';
import { yamlError } from './error.ts';
import { resolveLimits } from './limits.ts';
import { PositionBuilder } from './positions.ts';

/**
 * The first document of a text read by the core schema of YAML 1.2, as OPA reads YAML: `yes` and `on` are
 * text. Null where there is none. The rest of the text must be YAML too. Throws a `KeelsonError` of this
 * package's codes.
 */
export function parseFirstDocument(text: string, limits: Partial<YamlLimits> = {}): JsonValue {
  const source = new SourceText('', text);
  const bounds = resolveLimits(limits);
  if (text.length > bounds.maxLength) {
    throw yamlError(source, 'YAML_LIMIT', `the text is longer than maxLength, ${bounds.maxLength}`, 0);
  }
  const forbidden = findForbidden(text);
  if (forbidden >= 0) {
    throw yamlError(source, 'YAML_SYNTAX', 'a control character stands in the text', forbidden);
  }
  return new Composer(source, 0, text.length, bounds, new PositionBuilder(), true).composeFirst();
}
