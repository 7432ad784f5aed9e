import { CelFault } from '../runtime/fault.ts';
import { CelBytes } from '../runtime/values.ts';
import type { FunctionTable } from './library.ts';

/** cel-go's encoders extension. */
export const encodersDeclarations: readonly string[] = [
  'base64.encode(bytes) -> string',
  'base64.decode(string) -> bytes',
];

export const encodersFunctions: FunctionTable = {
  'base64.encode': (value) =>
    value instanceof CelBytes
      ? btoa(Array.from(value.value, (octet) => String.fromCharCode(octet)).join(''))
      : undefined,
  'base64.decode': (text) => {
    if (typeof text !== 'string') return undefined;
    // Padding may be left out.
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.replace(/=+$/, '').length % 4 === 1) {
      throw new CelFault('illegal base64 data');
    }
    return new CelBytes(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)));
  },
};
