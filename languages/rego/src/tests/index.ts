export { type FoundTests, findTests, type RegoTest } from './find-tests.ts';
export { CaseListener, runTest, type TestOutcome, type TestResult } from './run-test.ts';
