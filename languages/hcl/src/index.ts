export type {
  HclAttribute,
  HclBinary,
  HclBinaryOperator,
  HclBlock,
  HclBody,
  HclCall,
  HclConditional,
  HclExpression,
  HclFile,
  HclFor,
  HclObjectItem,
  HclTemplateFor,
  HclTemplateIf,
  HclTemplatePart,
  HclUnaryOperator,
} from './ast.ts';
export { type HclErrorCode, hclErrorCodes } from './error.ts';
export { defaultHclLimits, type HclLimits } from './limits.ts';
export { type HclOptions, parseHcl } from './parse.ts';
export { type HclPlacing, hclToJson } from './to-json.ts';
