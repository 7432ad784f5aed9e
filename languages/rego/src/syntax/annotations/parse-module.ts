import type { Module } from '../ast.ts';
import { RegoSyntaxError } from '../diagnostic.ts';
import type { Source } from '../location.ts';
import { assembleModule } from '../modules.ts';
import type { ParserOptions } from '../options.ts';
import { parseStatements } from '../parse.ts';
import type { Annotation } from './annotation.ts';
import { attachAnnotations } from './attach.ts';
import { readBlocks } from './read.ts';

export interface AnnotatedModule {
  readonly module: Module;
  readonly annotations: readonly Annotation[];
}

/** Reads a module with its metadata blocks, whose faults count as faults of the text. */
export function parseAnnotatedModule(
  file: string,
  text: string,
  options: ParserOptions = {},
): AnnotatedModule {
  const source: Source = { file, text };
  const { statements, comments } = parseStatements(source, options);
  const blocks = readBlocks(comments);
  if (blocks.faults.length > 0) throw new RegoSyntaxError(blocks.faults);
  const [first] = blocks.annotations;
  if (statements.length === 0 && first !== undefined) {
    const fault = {
      code: 'rego_parse_error',
      message: 'package expected',
      location: first.location,
    } as const;
    throw new RegoSyntaxError([fault]);
  }
  const module = assembleModule(source, statements, comments, options);
  const { annotations, faults } = attachAnnotations(module, blocks.annotations);
  if (faults.length > 0) throw new RegoSyntaxError(faults);
  return { module, annotations };
}
