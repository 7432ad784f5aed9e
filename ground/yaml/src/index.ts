export type { DuplicateKey, NodeLocation, YamlComment, YamlDocument, YamlLimits, YamlStream } from './document.ts';
export type { YamlEdit } from './edit.ts';
