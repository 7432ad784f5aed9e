export { terminalSafe } from '@keelson/core';
