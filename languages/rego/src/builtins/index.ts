export {
  type Builtin,
  type BuiltinArguments,
  type BuiltinCall,
  type BuiltinContext,
  type BuiltinDeclaration,
  BuiltinError,
  type BuiltinErrorCode,
  type BuiltinFamily,
  type BuiltinLimits,
  builtinError,
  type CallLocation,
  defaultBuiltinLimits,
  type FunctionDeclaration,
  type TypeDeclaration,
  typeError,
} from './builtin.ts';
export { type Capabilities, capabilities } from './capabilities.ts';
export type {
  Cryptography,
  CurveName,
  DigestName,
  JsonWebKey,
  SignatureScheme,
} from './crypto-host.ts';
export { builtinDeclaration, builtinNames } from './declarations.ts';
export type {
  BuiltinHost,
  CachedHttpResponse,
  HttpCache,
  HttpRequest,
  HttpResponse,
  RuntimeInformation,
} from './host.ts';
export { nodeCryptography } from './node-crypto.ts';
export { findBuiltin } from './table.ts';
