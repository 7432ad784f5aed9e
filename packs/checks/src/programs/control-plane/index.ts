import type { Programs } from '@keelson/checks';

export const controlPlanePrograms: Programs = {};
