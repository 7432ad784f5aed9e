import { numberFromDouble, numberFromText, RegoObject, type RegoValue } from '@keelson/rego';
import { isAlias, isMap, isScalar, isSeq, type Node, parseDocument, type Scalar } from 'yaml';

const jsonNumber = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$/;

/** YAML 1.2 core as values of Rego, whose numbers keep their text. */
export function loadYaml(text: string): RegoValue {
  const document = parseDocument(text, { version: '1.2', schema: 'core', merge: true });
  const [error] = document.errors;
  if (error !== undefined) throw error;

  function toValue(node: unknown): RegoValue {
    if (isAlias(node)) return toValue(node.resolve(document));
    if (isScalar(node)) return scalarValue(node);
    if (isSeq(node)) return node.items.map(toValue);
    if (!isMap(node)) return null;
    const object = new RegoObject();
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? (key.source ?? String(key.value)) : String(key);
      object.set(name, toValue(value));
    }
    return object;
  }
  return toValue(document.contents satisfies Node | null);
}

function scalarValue(node: Scalar): RegoValue {
  const { value, source } = node;
  if (typeof value === 'number') {
    return source !== undefined && jsonNumber.test(source) ? numberFromText(source) : numberFromDouble(value);
  }
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  return String(value);
}
