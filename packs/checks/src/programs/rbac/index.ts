import type { Programs } from '@keelson/checks';

export const rbacPrograms: Programs = {};
