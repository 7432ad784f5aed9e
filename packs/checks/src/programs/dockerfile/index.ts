import type { Programs } from '@keelson/checks';

export const dockerfilePrograms: Programs = {};
