import { isObject, type JsonValue, type PathStep } from '@keelson/core';

/**
 * Where in the object a result says that it stands: `path`, `field` or `_loc.path`, in the result or in its
 * `details`; as a list of steps, a JSON pointer (RFC 6901), or a field path such as `spec.containers[0].image`.
 */
export function pathOfResult(result: JsonValue): PathStep[] | undefined {
  if (!isObject(result)) return undefined;
  const { details, _loc: place } = result;
  for (const holder of [result, details, place]) {
    if (!isObject(holder)) continue;
    for (const key of ['path', 'field', 'pointer']) {
      const path = readPath(holder[key]);
      if (path !== undefined) return path;
    }
  }
  return undefined;
}

function readPath(value: JsonValue | undefined): PathStep[] | undefined {
  if (Array.isArray(value)) {
    const steps = value.filter((step) => typeof step === 'string' || typeof step === 'number');
    return steps.length === value.length ? steps : undefined;
  }
  if (typeof value !== 'string' || value === '') return undefined;
  if (value.startsWith('/')) {
    return value
      .slice(1)
      .split('/')
      .map((step) => stepOf(step.replaceAll('~1', '/').replaceAll('~0', '~')));
  }
  return fieldPath(value.replace(/^\$\.?/, ''));
}

const part = /\.?([^.[\]]+)|\[(\d+)\]|\["([^"]*)"\]|\['([^']*)'\]/y;

function fieldPath(text: string): PathStep[] | undefined {
  const steps: PathStep[] = [];
  part.lastIndex = 0;
  while (part.lastIndex < text.length) {
    const match = part.exec(text);
    if (match === null) return undefined;
    const [, word, index, double, single] = match;
    if (index !== undefined) steps.push(Number(index));
    else if (word !== undefined) steps.push(stepOf(word));
    else steps.push(double ?? single ?? '');
  }
  return steps;
}

function stepOf(text: string): PathStep {
  return /^(0|[1-9][0-9]{0,8})$/.test(text) ? Number(text) : text;
}
