import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { isObject } from '@keelson/core';
import {
  compileModules,
  type Diagnostic,
  parseModule,
  RegoSyntaxError,
  type RegoVersion,
} from '@keelson/rego';
import { parseYaml } from '@keelson/yaml';
import { type Suite, Tally } from './suite.ts';

/** One case of OPA's `v1/test/compilecases`: modules and the errors that the compiler tells of them. */
interface Case {
  readonly modules: readonly string[];
  readonly version: RegoVersion;
  readonly strict: boolean;
  readonly print: boolean;
  readonly exhaustive: boolean;
  readonly wanted: readonly WantedError[];
}

interface WantedError {
  readonly module: string;
  readonly code: string;
  readonly row: number;
  /** 0 where the case does not say. */
  readonly col: number;
  readonly message: string;
}

export const suite: Suite = {
  name: 'opa-compilecases',
  async run(dir) {
    const tally = new Tally();
    for (const file of (await readdir(dir, { recursive: true }))
      .filter((name) => name.endsWith('.yaml'))
      .sort()) {
      const path = join(dir, file);
      for (const [index, test] of casesOf(await readFile(path, 'utf8')).entries()) {
        const message = judge(test);
        if (message === undefined) tally.pass();
        else tally.fail(`${relative(dir, path)}#${index}`, message);
      }
    }
    return tally;
  },
};

function casesOf(text: string): Case[] {
  const [document] = parseYaml(text).documents;
  const value: unknown = document?.value;
  return list(field(value, 'cases')).map(readCase);
}

function readCase(value: unknown): Case {
  return {
    modules: list(field(value, 'modules')).map(String),
    version: versionOf(field(value, 'rego_version')),
    strict: field(value, 'strict') === true,
    print: field(value, 'print_statements') === true,
    exhaustive: field(value, 'exhaustive') === true,
    wanted: list(field(value, 'want_errors')).map((wanted) => ({
      module: String(field(wanted, 'module') ?? 'test-0.rego'),
      code: String(field(wanted, 'code')),
      row: Number(field(wanted, 'row')),
      col: Number(field(wanted, 'col') ?? 0),
      message: String(field(wanted, 'message')),
    })),
  };
}

function versionOf(name: unknown): RegoVersion {
  return name === 'v0' ? 'v0' : name === 'v0-compat-v1' ? 'v0v1' : 'v1';
}

function field(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** What is wrong, or undefined. Each wanted error must be matched by one of its own, in any order. */
function judge(test: Case): string | undefined {
  if (test.wanted.length === 0) return 'the case wants no errors';
  const reported = [...errorsOf(test)];
  const missing = test.wanted.filter((wanted) => {
    const at = reported.findIndex((error) => matches(error, wanted));
    if (at >= 0) reported.splice(at, 1);
    return at < 0;
  });
  const unexpected = test.exhaustive ? reported : [];
  if (missing.length === 0 && unexpected.length === 0) return undefined;
  const wanted = missing.map(
    ({ module, code, row, col, message }) => `${module}:${row}:${col}: ${code}: ${message}`,
  );
  return `missing: ${wanted.join('; ') || 'none'}; reported besides: ${reported.map(show).join('; ') || 'none'}`;
}

function errorsOf(test: Case): readonly Diagnostic[] {
  const modules = new Map(
    test.modules.map((text, index) => {
      const name = `test-${index}.rego`;
      return [name, parseModule(name, text, { version: test.version })] as const;
    }),
  );
  try {
    compileModules(modules, { strict: test.strict, print: test.print });
    return [];
  } catch (error) {
    if (error instanceof RegoSyntaxError) return error.diagnostics;
    throw error;
  }
}

function matches({ code, message, location }: Diagnostic, wanted: WantedError): boolean {
  return (
    code === wanted.code &&
    message === wanted.message &&
    location?.file === wanted.module &&
    location.row === wanted.row &&
    (wanted.col === 0 || location.col === wanted.col)
  );
}

function show({ code, message, location }: Diagnostic): string {
  return `${location?.file ?? ''}:${location?.row ?? 0}:${location?.col ?? 0}: ${code}: ${message}`;
}
