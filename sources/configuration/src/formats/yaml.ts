import { parseYaml, type YamlDocument } from '@keelson/yaml';
import { type FormatReader, itemsOf, type ReadValue } from '../format.ts';

/**
 * The documents of a stream of YAML, read as Kubernetes reads them; where there is only one and it is a list, its
 * items. Empty documents are left out.
 */
export const readYaml: FormatReader = (source, { maxBytes, maxDepth }) => {
  const { documents, errors } = parseYaml(source, { limits: { maxLength: maxBytes, maxDepth } });
  const [fault] = errors;
  if (fault !== undefined) throw fault;
  const [only] = documents;
  return documents.length === 1 && only !== undefined ? itemsOf(readValue(only)) : documents.map(readValue);
};

function readValue(document: YamlDocument): ReadValue {
  return { value: document.value, locate: (path) => document.locateNearest(path).location.value };
}
