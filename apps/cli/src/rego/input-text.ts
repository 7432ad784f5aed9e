import { type RegoValue, readDocument } from '@keelson/rego';

/**
 * An input: JSON, or else YAML, whose first document counts.
 *
 * @throws RegoError `bundle_error`
 */
export function inputFrom(file: string, text: string): RegoValue {
  return jsonInput(file, text) ?? readDocument(file, text, 'yaml');
}

/** The value of a text that its name or its beginning calls JSON; undefined for any other. */
function jsonInput(file: string, text: string): RegoValue | undefined {
  const isJson = file.endsWith('.json');
  if (!isJson && !/^\s*[[{]/.test(text)) return undefined;
  try {
    return readDocument(file, text, 'json');
  } catch (error) {
    // YAML has flow collections that are no JSON.
    if (isJson) throw error;
    return undefined;
  }
}
