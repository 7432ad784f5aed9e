import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '@keelson/core';
import { type Resource, resourcesOf } from '@keelson/kubernetes';
import { loadInput } from '@keelson/manifests';
import { Connections, readPolicies } from '@keelson/netpol';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { judgeLookups, scriptOf } from './cilium-lookups.ts';
import { type Suite, Tally } from './suite.ts';

const policyKinds: ReadonlySet<string> = new Set(['CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy']);

/** Example policies of Cilium, read and written back, and the verdicts of its policy engine's scripts. */
export const suite: Suite = {
  name: 'cilium-policies',
  async run(dir) {
    const tally = new Tally();
    for (const file of filesOf(join(dir, 'examples'), '.yaml')) {
      const { resources, errors } = await loadInput([join(dir, 'examples', file)]);
      for (const { message } of errors) tally.fail(file, message);
      judgePolicies(file, resources, tally);
    }
    tally.notes.push(`${tally.passed} policies of the examples`);
    for (const file of filesOf(join(dir, 'lookup-scripts'), '.txtar')) {
      const script = scriptOf(readFileSync(join(dir, 'lookup-scripts', file), 'utf8'));
      const resources = new Map([...script.files].map(([name, text]) => [name, resourcesOfText(name, text)]));
      judgePolicies(file, [...resources.values()].flat(), tally);
      judgeLookups(file, script.commands, resources, tally);
    }
    return tally;
  },
};

function filesOf(dir: string, end: string): string[] {
  const all = readdirSync(dir, { recursive: true, encoding: 'utf8' });
  return all.filter((name) => name.endsWith(end)).sort();
}

function resourcesOfText(file: string, text: string): readonly Resource[] {
  const origin = { file, locate: () => ({ file, line: 1, column: 1, path: [], missing: true }) };
  return parseAllDocuments(text).flatMap((document) => resourcesOf(document.toJS(), origin).resources);
}

/** A policy is read without error, and what is written back is read as an equal object with an equal meaning. */
function judgePolicies(file: string, resources: readonly Resource[], tally: Tally): void {
  for (const resource of resources.filter(({ kind }) => policyKinds.has(kind))) {
    const id = `${file} ${resource.kind} ${resource.name}`;
    const first = meaningOf(resource, resources);
    const written = writtenBack(resource.object);
    const [again] = resourcesOf(written, resource.origin).resources;
    if (first.errors.length > 0) tally.fail(id, first.errors.join('; '));
    else if (again === undefined || !isDeepStrictEqual(written, plain(resource.object)))
      tally.fail(id, 'is another object when it is written and read again');
    else if (!isDeepStrictEqual(meaningOf(again, resources).policies, first.policies))
      tally.fail(id, 'means something else when it is written and read again');
    else tally.pass();
  }
}

/** Without prototypes, which objects of a file do not have. */
function plain(object: JsonObject): unknown {
  return JSON.parse(JSON.stringify(object));
}

function writtenBack(object: JsonObject): JsonObject {
  return parse(stringify(object));
}

function meaningOf(resource: Resource, others: readonly Resource[]) {
  const input = [resource, ...others.filter(({ kind }) => !policyKinds.has(kind))];
  const { policies, problems } = readPolicies(input, new Connections());
  const errors = problems.filter(({ level }) => level === 'error').map(({ message }) => message);
  if (policies.length === 0 && errors.length === 0) errors.push('gives no policy');
  const texts = policies.map(({ resource: _, ...policy }) =>
    JSON.stringify(policy, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
  );
  return { policies: texts, errors };
}
