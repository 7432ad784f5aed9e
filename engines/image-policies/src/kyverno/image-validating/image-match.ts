import { type CelEnvironment, CelError, compileCel, createEnvironment } from '@keelson/cel';
import type { JsonFields } from '@keelson/core';
import { Regex, RegexSyntaxError } from '@keelson/regex';
import { invalid } from '../../faults.ts';
import { literal } from '../../wildcard.ts';
import { imageLibrary } from './image-library.ts';

/** Whether a policy is about an image by its name as it is written. */
export type ImageMatch = (image: string) => boolean;

let environment: CelEnvironment | undefined;

/**
 * Reads `matchImageReferences`: globs, or expressions over `ref`. Without any, all images are meant. An expression that fails means the
 * image: the policy counts.
 *
 * @throws ImagePolicyError IMAGE_POLICY_INVALID
 */
export function compileImageMatch(spec: JsonFields, warnings: string[]): ImageMatch {
  const tests = spec.objects('matchImageReferences', 100).map((each): ImageMatch => {
    if (each.has('glob') === each.has('expression'))
      throw invalid(`${each.place('')} is not exactly one of glob and expression`);
    return each.has('glob') ? globTest(each) : expressionTest(each, warnings);
  });
  return (image) => tests.length === 0 || tests.some((test) => test(image));
}

function expressionTest(fields: JsonFields, warnings: string[]): ImageMatch {
  try {
    environment ??= createEnvironment({ variables: { ref: 'string' }, libraries: [imageLibrary] });
    const program = compileCel(fields.text('expression'), environment, { expectedType: 'bool' });
    return (ref) => {
      try {
        return program.evaluate({ ref }) === true;
      } catch (error) {
        if (error instanceof CelError) return true;
        throw error;
      }
    };
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    if (error.code !== 'CEL_TYPE') throw invalid(`${fields.place('expression')}: ${error.message}`);
    warnings.push(`${fields.place('expression')} is not judged, and means any image: ${error.message}`);
    return () => true;
  }
}

/** Globs as gobwas/glob has them without separators: `*` and `**` are anything, `?` one character, `[a-z]`, `[!a]`, `{a,b}`. */
function globTest(fields: JsonFields): ImageMatch {
  const glob = fields.text('glob');
  let depth = 0;
  let source = '';
  for (let at = 0; at < glob.length; at++) {
    const each = glob[at] ?? '';
    if (each === '\\') source += literal(glob[++at] ?? '\\');
    else if (each === '*') source += '.*';
    else if (each === '?') source += '.';
    else if (each === '{') {
      depth++;
      source += '(?:';
    } else if (each === '}' && depth > 0) {
      depth--;
      source += ')';
    } else if (each === ',' && depth > 0) source += '|';
    else if (each === '[') {
      const end = glob.indexOf(']', at + 2);
      if (end < 0) throw invalid(`${fields.place('glob')}: a bracket does not end`);
      const inner = glob.slice(at + 1, end);
      source += `[${inner.startsWith('!') ? `^${inner.slice(1)}` : inner}]`;
      at = end;
    } else source += literal(each);
  }
  try {
    const regex = new Regex(`(?s)\\A(?:${source})\\z`);
    return (image) => regex.test(image);
  } catch (error) {
    if (error instanceof RegexSyntaxError)
      throw invalid(`${fields.place('glob')} is no glob: ${error.message}`);
    throw error;
  }
}
