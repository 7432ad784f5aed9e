import { RE2JS } from 're2js';
import { CelFault } from './fault.ts';
import type { CelValue } from './values.ts';

/** A test for one pattern, RE2 meaning, unanchored. */
export function matcher(pattern: string): (text: CelValue) => boolean | undefined {
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(pattern);
  } catch {
    return () => {
      throw new CelFault(`error parsing regexp: ${pattern}`);
    };
  }
  return (text) => {
    if (typeof text !== 'string') throw new CelFault('no such overload');
    return compiled.matcher(text).find();
  };
}
