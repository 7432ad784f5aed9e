import type { Programs } from '@keelson/checks';
import { removedLater } from './removed-later.ts';
import { repeatedInstructions } from './repeated-instructions.ts';
import { updateAlone } from './update-alone.ts';

export const dockerfilePrograms: Programs = { removedLater, repeatedInstructions, updateAlone };
