import { spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isKeelsonError, type JsonValue } from '@keelson/core';
import { parseYaml } from '@keelson/yaml';
import { expect, it } from 'vitest';
import { diskFiles } from '../input-tree.ts';
import { defaultFileLimits } from '../limits.ts';
import { buildKustomization } from './build.ts';
import { BuildSession } from './session.ts';

const peers: [string, string[]][] = [
  ['kustomize', ['build']],
  ['kubectl', ['kustomize']],
];
const peer = peers.find(([program, args]) => spawnSync(program, [...args, '--help']).status === 0);
const corpus = join(process.env['KEELSON_CORPORA'] ?? '../shared/corpora', 'manifests', 'real');
const fixtures = join(import.meta.dirname, 'fixtures');

function kustomizations(root: string): string[] {
  return globSync(join(root, '**/{kustomization.yaml,kustomization.yml,Kustomization}')).map((file) =>
    dirname(file),
  );
}

function byName(objects: readonly JsonValue[]): Map<string, unknown> {
  const flat = objects.map((object) => JSON.parse(JSON.stringify(object)));
  return new Map(
    flat.map((object) => [
      [object.apiVersion, object.kind, object.metadata?.namespace, object.metadata?.name].join(' '),
      object,
    ]),
  );
}

const session = new BuildSession(diskFiles({ ...defaultFileLimits }));

/** Undefined when both refuse. */
function compare(folder: string): void {
  const [program, args] = peer ?? ['', []];
  const theirs = spawnSync(program, [...args, folder], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { PATH: process.env['PATH'], GIT_ALLOW_PROTOCOL: 'none' },
  });
  try {
    const ours = buildKustomization(session, folder);
    // What would have to be fetched fails there and is left out here.
    if (ours.notes.length > 0) return;
    expect(theirs.status, theirs.stderr).toBe(0);
    const documents = parseYaml(theirs.stdout).documents.map(({ value }) => value);
    expect(byName(ours.resources.map(({ object }) => object))).toEqual(byName(documents));
  } catch (error) {
    if (!isKeelsonError(error)) throw error;
    expect(theirs.status, `${error.format()}, which the other builds`).not.toBe(0);
  }
}

if (peer === undefined) {
  it.skip('neither kustomize nor kubectl is on PATH: builds are not compared with theirs', () => undefined);
} else {
  it.each(kustomizations(fixtures))('%s comes out as the original builds it', compare);
}

if (peer === undefined || !existsSync(corpus)) {
  it.skip(`kustomizations of ${corpus} are not compared: the corpus or the original program is absent`, () =>
    undefined);
} else {
  it(`kustomizations of ${corpus} come out as the original builds them`, () => {
    for (const folder of kustomizations(corpus)) compare(folder);
  }, 120_000);
}
