import { hclToJson, parseHcl } from '@keelson/hcl';
import type { FormatReader } from '../format.ts';
import { Places } from '../places.ts';

/** HCL's native syntax as one object. */
export const readHcl: FormatReader = (source, { maxTextBytes, maxDepth }) => {
  const places = new Places();
  const value = hclToJson(parseHcl(source, { limits: { maxLength: maxTextBytes, maxDepth } }), places.mark);
  return [{ value, locate: places.within(value) }];
};
