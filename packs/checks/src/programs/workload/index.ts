import type { Programs } from '@keelson/checks';

export const workloadPrograms: Programs = {};
