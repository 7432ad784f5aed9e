import { predicateTypes } from '@keelson/signing';

export { predicateTypes, predicateTypeUri as predicateTypeOf } from '@keelson/signing';

/** All short names, for help: in lines that fit the page. */
export const predicateTypeNames = Object.keys(predicateTypes)
  .join(', ')
  .replace(/(.{80,100}), /g, `$1,\n${' '.repeat(23)}`);
