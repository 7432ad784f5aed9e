export type { Authentication } from './gate.ts';
export { TestRegistry, type TestRegistryOptions } from './registry.ts';
export type { Repository, StoredManifest } from './repository.ts';
