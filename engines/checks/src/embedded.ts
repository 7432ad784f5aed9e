import { isObject, type JsonObject, type JsonValue, SourceText } from '@keelson/core';
import { parseYaml } from '@keelson/yaml';

/** The mappings among the YAML documents of a text inside an object (a ConfigMap's file, say); none when it is broken. */
export function documentsOfText(text: string): JsonObject[] {
  return parseYaml(new SourceText('', text)).documents.flatMap(({ value }) =>
    isObject(value) ? [value] : [],
  );
}

/** As `documentsOfText`, of a text that is written in base64; none for anything else. */
export function documentsOfBase64(content: JsonValue | undefined): JsonObject[] {
  if (typeof content !== 'string' || content === '') return [];
  const text = decodeBase64(content);
  return text === undefined ? [] : documentsOfText(text);
}

function decodeBase64(text: string): string | undefined {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
