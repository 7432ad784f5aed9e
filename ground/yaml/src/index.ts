export { parseDocuments, parseFirstDocument } from './core-documents.ts';
export type {
  DuplicateKey,
  NodeLocation,
  YamlComment,
  YamlDocument,
  YamlLimits,
  YamlStream,
} from './document.ts';
export type { YamlEdit } from './edit.ts';
export type { TextEdit } from './edit-text.ts';
export { type DocumentEdit, type EditResult, editYaml, YamlEditor } from './edit-yaml.ts';
export { type YamlErrorCode, yamlErrorCodes } from './error.ts';
export { defaultYamlLimits } from './limits.ts';
export { parseYaml, type YamlOptions } from './parse.ts';
export { stringifyYaml } from './stringify.ts';
