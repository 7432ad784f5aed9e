import { createRuntime } from '../runtime/runtime.ts';
import { encodersFunctions } from './encoders.ts';
import { formatFunctions } from './format.ts';
import type { FunctionTable } from './library.ts';
import { listsFunctions } from './lists.ts';
import { mathFunctions } from './math.ts';
import { networkFunctions } from './network.ts';
import { quantityFunctions } from './quantity.ts';
import { regexFunctions } from './regex.ts';
import { semverFunctions } from './semver.ts';
import { setsFunctions } from './sets.ts';
import { standardFunctions } from './standard.ts';
import { stringsFunctions } from './strings.ts';
import { timeFunctions } from './time.ts';
import { urlFunctions } from './url.ts';

/** Implementations of the standard definitions, extensions and Kubernetes libraries. */
export const functionTables: readonly FunctionTable[] = [
  standardFunctions,
  timeFunctions,
  regexFunctions,
  stringsFunctions,
  listsFunctions,
  setsFunctions,
  mathFunctions,
  encodersFunctions,
  networkFunctions,
  urlFunctions,
  quantityFunctions,
  semverFunctions,
  formatFunctions,
];

/** The run-time of generated code with every function of keelson's environment. */
export const celRuntime = /* @__PURE__ */ createRuntime(functionTables);
