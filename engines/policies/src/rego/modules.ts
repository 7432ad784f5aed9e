import { isKeelsonError, type SourceLocation } from '@keelson/core';
import {
  type BuiltinHost,
  type EvaluationLimits,
  type Module,
  Policy,
  parseModule,
  RegoError,
  RegoSyntaxError,
  type RegoValue,
} from '@keelson/rego';
import { PolicyError } from '../errors.ts';
import { policyLimits } from '../gatekeeper/engine.ts';
import { wordsOfFault } from './fault-words.ts';
import { withoutNetwork } from './network.ts';

export interface RegoPoliciesOptions {
  /** The world that built-ins see; nothing where not given. Without a network, policies that ask for it are faults. */
  readonly host?: BuiltinHost;
  readonly limits?: Partial<EvaluationLimits>;
  /** The base document of evaluations that give none; a rule at a path where it has something is a fault. */
  readonly data?: RegoValue;
}

/** A file of Rego as it was read. */
export interface RegoFile {
  readonly file: string;
  readonly text: string;
}

/**
 * Parses files of Rego, each in the language that it is written in: v1, else v0 as older policies are.
 * A file that is neither is a fault; the others are kept.
 */
export function parseFiles(files: readonly RegoFile[]): {
  modules: Map<string, Module>;
  faults: PolicyError[];
} {
  const modules = new Map<string, Module>();
  const faults: PolicyError[] = [];
  for (const { file, text } of files) {
    try {
      modules.set(file, parseEither(file, text));
    } catch (error) {
      if (!isKeelsonError(error)) throw error;
      faults.push(faultAt(error, error.location ?? { file }));
    }
  }
  return { modules, faults };
}

function parseEither(file: string, text: string): Module {
  try {
    return parseModule(file, text, { version: 'v1' });
  } catch (error) {
    if (!(error instanceof RegoError)) throw error;
    try {
      return parseModule(file, text, { version: 'v0' });
    } catch {
      throw error;
    }
  }
}

/**
 * Compiles modules together. Files with faults are left out and told, and those that needed them, until the rest
 * compiles: what cannot be compiled never hides the others.
 */
export function compileModules(
  all: ReadonlyMap<string, Module>,
  { host, limits = {}, data }: RegoPoliciesOptions = {},
): { policy: Policy; kept: ReadonlySet<string>; faults: PolicyError[] } {
  const modules = new Map(all);
  const faults: PolicyError[] = [];
  for (;;) {
    try {
      const policy = new Policy(modules, {
        limits: { ...policyLimits, ...limits },
        ...(data === undefined ? {} : { data, checkDataConflicts: true }),
        ...withoutNetwork(modules.values(), host),
      });
      return { policy, kept: new Set(modules.keys()), faults };
    } catch (error) {
      if (!(error instanceof RegoSyntaxError)) throw error;
      const places = new Map<string, SourceLocation>();
      for (const { location } of error.diagnostics) {
        if (location === undefined || !modules.has(location.file) || places.has(location.file)) continue;
        places.set(location.file, { file: location.file, line: location.row, column: location.col });
      }
      for (const [file, place] of places) {
        faults.push(faultAt(error, place));
        modules.delete(file);
      }
      if (places.size > 0) continue;
      faults.push(faultAt(error, undefined));
      modules.clear();
    }
  }
}

/** OPA's code and words, of the first fault in the file. */
function faultAt(error: Error, location: SourceLocation | undefined): PolicyError {
  const message = wordsOfFault(error, (fault) => fault.location?.file === location?.file);
  return new PolicyError('POLICY_CODE', message, {
    cause: error,
    ...(location === undefined ? {} : { location }),
  });
}
