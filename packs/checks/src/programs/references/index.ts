import type { Programs } from '@keelson/checks';

export const referencePrograms: Programs = {};
