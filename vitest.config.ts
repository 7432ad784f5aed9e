import { defineConfig } from 'vitest/config';

// Sibling packages resolve to their build, so the tests run after `tsc --build` and look at sources only.
export default defineConfig({
  test: {
    include: [
      '*/*/src/**/*.test.ts',
      'conformance/src/**/*.test.ts',
      'bench/src/**/*.test.ts',
      'scripts/**/*.test.ts',
    ],
    pool: 'threads',
    testTimeout: 30_000,
  },
});
