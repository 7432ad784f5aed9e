import type { TextPattern } from '../sets/connections.ts';

const literal = /^(?:[^\\^$.|?*+()[\]{}]|\\[^a-zA-Z0-9])*$/;

/** A regular expression, which has to match the whole text, where it is as good as a text, a prefix or a suffix. */
export function regularPattern(written: string): TextPattern {
  const text = written.replace(/^\^/, '').replace(/(?<!\\)\$$/, '');
  const forms = [
    { type: 'exact', rest: text },
    { type: 'prefix', rest: text.endsWith('.*') ? text.slice(0, -2) : undefined },
    { type: 'suffix', rest: text.startsWith('.*') ? text.slice(2) : undefined },
  ] as const;
  const found = forms.find(({ rest }) => rest !== undefined && literal.test(rest));
  if (found?.rest === undefined) return { type: 'opaque', text: written };
  return { type: found.type, text: found.rest.replaceAll(/\\(.)/g, '$1') };
}
