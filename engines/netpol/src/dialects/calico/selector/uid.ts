import { canonicalSelector, type Selector } from './selector.ts';

/** The name that Calico gives a selector in its sets of addresses: equal for equal canonical texts. */
export function selectorUid(selector: Selector): string {
  const { createHash } = process.getBuiltinModule('node:crypto');
  return `s:${createHash('sha224')
    .update(`s:${canonicalSelector(selector)}`)
    .digest('base64url')}`;
}
