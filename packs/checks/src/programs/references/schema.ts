import { schemaProblems } from '@keelson/kubernetes';
import { titleOf } from '../fields.ts';
import type { Program } from '../program.ts';

/** Parts of objects that the API server would refuse to decode. */
export const schemaProblem: Program = function* ({ resources }) {
  for (const resource of resources) {
    for (const { path, reason } of schemaProblems(resource)) {
      yield { subject: resource, path, message: `${titleOf(resource)}: ${reason}` };
    }
  }
};
