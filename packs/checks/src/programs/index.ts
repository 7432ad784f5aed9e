import type { Programs } from '@keelson/checks';
import { controlPlanePrograms } from './control-plane/index.ts';
import { dockerfilePrograms } from './dockerfile/index.ts';
import { rbacPrograms } from './rbac/index.ts';
import { referencePrograms } from './references/index.ts';
import { workloadPrograms } from './workload/index.ts';

/** Checks written in TypeScript, by the name that their YAML gives in `program`. */
export const programs: Programs = {
  ...controlPlanePrograms,
  ...dockerfilePrograms,
  ...rbacPrograms,
  ...referencePrograms,
  ...workloadPrograms,
};
