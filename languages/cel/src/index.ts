export {
  type CelProgram,
  type CompileOptions,
  checkCel,
  compileCel,
  type EvaluateOptions,
  generateCel,
} from './compile.ts';
export {
  type CelEnvironment,
  type CelLibrary,
  type CelType,
  createEnvironment,
  type EnvironmentOptions,
} from './environment.ts';
export { CelError, type CelErrorCode, celErrorCodes } from './error.ts';
export { celRuntime } from './libraries/all.ts';
export type { CelFunction, FunctionTable } from './libraries/library.ts';
export type { CelBudget } from './runtime/cost.ts';
export { CelFault } from './runtime/fault.ts';
export { type CelRuntime, type CelVariables, createRuntime, type GeneratedCel } from './runtime/runtime.ts';
export { CelDuration, CelTimestamp } from './runtime/time.ts';
export {
  CelBytes,
  CelDouble,
  CelMap,
  CelObject,
  CelOptional,
  type CelRecord,
  CelTypeValue,
  CelUint,
  type CelValue,
} from './runtime/values.ts';
export type { CelExpr, CelLiteral } from './syntax/ast.ts';
export { type ParseLimits, type ParseOptions, parseCel } from './syntax/parser.ts';
