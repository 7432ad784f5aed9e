export type { DistributionCheck } from './checks/check.ts';
export { type CheckOutcome, checkRegistry, distributionChecks } from './checks/index.ts';
export type { Authentication } from './gate.ts';
export { TestRegistry, type TestRegistryOptions } from './registry.ts';
export type { Repository, StoredManifest } from './repository.ts';
export { type Handler, TestServer } from './server.ts';
