import { encodersDeclarations } from './encoders.ts';
import { formatDeclarations, jsonPatchDeclarations } from './format.ts';
import { listsDeclarations } from './lists.ts';
import { mathDeclarations } from './math.ts';
import { networkDeclarations } from './network.ts';
import { quantityDeclarations } from './quantity.ts';
import { regexDeclarations } from './regex.ts';
import { semverDeclarations } from './semver.ts';
import { setsDeclarations } from './sets.ts';
import { standardDeclarations } from './standard.ts';
import { stringsDeclarations } from './strings.ts';
import { timeDeclarations } from './time.ts';
import { urlDeclarations } from './url.ts';

/** Signatures of every function in `functionTables`. */
export const allDeclarations: readonly string[] = [
  ...standardDeclarations,
  ...timeDeclarations,
  ...regexDeclarations,
  ...stringsDeclarations,
  ...listsDeclarations,
  ...setsDeclarations,
  ...mathDeclarations,
  ...encodersDeclarations,
  ...networkDeclarations,
  ...urlDeclarations,
  ...quantityDeclarations,
  ...semverDeclarations,
  ...formatDeclarations,
  ...jsonPatchDeclarations,
];
