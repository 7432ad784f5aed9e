import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadInput } from './load.ts';

const pod = (name: string) => `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n`;
let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'keelson-load-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
}

/** Names of objects, places of errors and notes, without the temporary folder. */
async function load(path = '.', options: Parameters<typeof loadInput>[1] = {}) {
  const loaded = await loadInput([join(root, path)], options);
  const short = (file: string) => file.replace(`${root}/`, '');
  return {
    loaded,
    objects: loaded.resources.map(({ name, origin }) => `${short(origin.file)} ${name}`).sort(),
    errors: loaded.errors.map((error) =>
      `${error.code} ${short(error.location?.file ?? '')} ${error.message}`.trim(),
    ),
    notes: loaded.notJudged.map(({ reason, location }) => `${short(location.file)}: ${reason}`),
  };
}

async function tar(
  entries: readonly (readonly [string, string, ('file' | 'symlink')?])[],
): Promise<Uint8Array> {
  const archive = pack();
  for (const [name, text, type = 'file'] of entries) {
    if (type === 'symlink') archive.entry({ name, type, linkname: text });
    else archive.entry({ name }, text);
  }
  archive.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive) if (chunk instanceof Uint8Array) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('folders', () => {
  it('tell objects from other files', async () => {
    write({
      'a.yaml': pod('a'),
      'b.json': '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"b"}}',
      'package.json': '{"name":"x"}',
      'values.yaml': 'a: 1\n',
      'ci.yml': 'on: push\n',
      Dockerfile: 'FROM scratch\n',
      'notes.txt': 'x',
    });
    const { loaded, objects } = await load();
    expect(objects).toEqual(['a.yaml a', 'b.json b']);
    expect(loaded).toMatchObject({ files: 6, otherFiles: 3, documents: 2, errors: [], notJudged: [] });
    expect(loaded.dockerfiles).toHaveLength(1);
  });

  it('name what cannot be read and read the rest', async () => {
    write({
      'good.yaml': pod('good'),
      'bad.yaml': 'apiVersion: v1\nkind: Pod\na: [\n',
      'latin.yaml': Buffer.from(`${pod('x')}# \xe9`, 'latin1'),
      'zero.yaml': `${pod('x')}\0`,
      'large.yaml': pod('x') + '#'.repeat(300),
    });
    const { objects, errors } = await load('.', { limits: { maxFileBytes: 250 } });
    expect(objects).toEqual(['good.yaml good']);
    expect(errors.map((error) => error.split(' ').slice(0, 2).join(' '))).toEqual([
      'YAML_SYNTAX bad.yaml',
      'INPUT_TOO_LARGE large.yaml',
      'INPUT_NOT_TEXT latin.yaml',
      'INPUT_NOT_TEXT zero.yaml',
    ]);
    expect(errors[1]).toContain('maxFileBytes (250)');
  });

  it('follow no link out and no loop', async () => {
    write({ 'scan/a.yaml': pod('a'), 'secret/b.yaml': pod('b') });
    symlinkSync('..', join(root, 'scan/loop'));
    symlinkSync('../secret/b.yaml', join(root, 'scan/out.yaml'));
    symlinkSync('a.yaml', join(root, 'scan/same.yaml'));
    symlinkSync('self.yaml', join(root, 'scan/self.yaml'));
    expect((await load('scan')).objects).toEqual(['scan/a.yaml a', 'scan/same.yaml a']);
  });

  it('stop at bounds that they name', async () => {
    write(Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`${i}.yaml`, pod(`p${i}`)])));
    write({ 'a/b/c/d.yaml': pod('deep') });
    const many = await load('.', { limits: { maxFiles: 3 } });
    expect(many.loaded.resources).toHaveLength(3);
    expect(many.errors.join()).toContain('maxFiles (3)');
    expect((await load('.', { limits: { maxFolderDepth: 1 } })).errors.join()).toContain(
      'maxFolderDepth (1)',
    );
    expect((await load('.', { limits: { maxEntries: 2 } })).errors.join()).toContain('maxEntries (2)');
    expect((await load('.', { limits: { maxTotalBytes: 100 } })).errors.join()).toContain(
      'maxTotalBytes (100)',
    );
  });

  it('leave out what ignore files and patterns say', async () => {
    write({
      '.gitignore': 'build/\n*.gen.yaml\n!kept.gen.yaml\n',
      '.keelsonignore': 'tests\n',
      'a.yaml': pod('a'),
      'build/b.yaml': pod('b'),
      'c.gen.yaml': pod('c'),
      'kept.gen.yaml': pod('kept'),
      'tests/d.yaml': pod('d'),
      'sub/.gitignore': 'e.yaml\n',
      'sub/e.yaml': pod('e'),
      'sub/f.yaml': pod('f'),
    });
    expect((await load()).objects).toEqual(['a.yaml a', 'kept.gen.yaml kept', 'sub/f.yaml f']);
    expect((await load('.', { gitignore: false })).objects).toHaveLength(6);
    expect((await load('.', { exclude: ['sub/', '/nothing', 'a.y*'] })).objects).toEqual([
      'kept.gen.yaml kept',
    ]);
    expect((await load('build')).objects).toEqual(['build/b.yaml b']);
  });

  it('take a template that is not YAML as a note, and one that is as YAML', async () => {
    write({
      'a.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Values.name }}\n  {{- if .x }}\n',
      'b.yaml': `${pod('b')}# {{ x }}\n`,
    });
    const { objects, errors, notes } = await load();
    expect([objects, errors]).toEqual([['b.yaml b'], []]);
    expect(notes).toEqual(['a.yaml: a template that is not YAML before it is rendered']);
  });
});

describe('kustomizations', () => {
  const files = {
    'base/kustomization.yaml': 'resources: [pod.yaml]\n',
    'base/pod.yaml': pod('web'),
    'prod/kustomization.yaml': 'resources: [../base]\nnamePrefix: prod-\npatches: [{path: patch.yaml}]\n',
    'prod/patch.yaml': `${pod('web')}  labels: {a: b}\n`,
    'alone.yaml': pod('alone'),
  };

  it('are built from their roots, and what they use is not judged again', async () => {
    write(files);
    const { loaded, objects } = await load();
    expect(objects).toEqual(['alone.yaml alone', 'prod/kustomization.yaml prod-web']);
    expect(loaded.kustomizations).toBe(1);
    expect((await load('./prod/../')).objects).toEqual(objects);
    expect(loaded.files).toBe(5);
    expect([...loaded.sources.keys()].map((path) => path.replace(`${root}/`, '')).sort()).toContain(
      'base/pod.yaml',
    );
  });

  it('that fail are errors; those below them are built instead', async () => {
    write({ ...files, 'prod/patch.yaml': pod('other') });
    const { objects, errors } = await load();
    expect(objects).toEqual(['alone.yaml alone', 'base/kustomization.yaml web']);
    expect(errors).toEqual([
      'KUSTOMIZE_FAILED prod/patch.yaml the patch is for Pod other, and nothing matches',
    ]);
  });

  it('that fail alone leave their files to be judged as they are', async () => {
    write({
      'kustomization.yaml': 'resources: [pod.yaml, gone.yaml]\npatches: [{path: patch.yaml}]\n',
      'pod.yaml': pod('web'),
      'patch.yaml': pod('web'),
    });
    const { objects, errors } = await load();
    expect(objects).toEqual(['pod.yaml web']);
    expect(errors).toEqual(['KUSTOMIZE_FAILED kustomization.yaml there is no file or folder gone.yaml']);
  });

  it('of another tool are objects like others', async () => {
    const flux = 'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: apps}\n';
    write({ 'kustomization.yaml': flux });
    const { objects, errors } = await load();
    expect([objects, errors]).toEqual([['kustomization.yaml apps'], []]);
  });

  it('in a circle are errors, not endless', async () => {
    write({ 'a/kustomization.yaml': 'resources: [../b]\n', 'b/kustomization.yaml': 'resources: [../a]\n' });
    expect((await load()).errors.join()).toContain('a cycle');
  });
});

describe('archives', () => {
  it.each(['bundle.tar', 'bundle.tgz', 'bundle.tar.gz'])('%s', async (name) => {
    const bytes = await tar([
      ['./deploy/app.yaml', pod('app')],
      ['deploy/kustomization.yaml', 'resources: [app.yaml]\nnamePrefix: k-\n'],
      ['../../etc/evil.yaml', pod('evil')],
      ['/abs.yaml', pod('evil')],
      ['link.yaml', 'deploy/app.yaml', 'symlink'],
      ['Dockerfile', 'FROM scratch\n'],
    ]);
    write({ [name]: name.endsWith('.tar') ? bytes : gzipSync(bytes) });
    const { loaded, objects, errors } = await load(name);
    expect(objects).toEqual([`${name}!deploy/kustomization.yaml k-app`]);
    expect(loaded.resources[0]?.origin.locate(['metadata', 'name']).file).toBe(
      join(root, `${name}!deploy/app.yaml`),
    );
    expect(loaded.dockerfiles.map(({ file }) => file)).toEqual([join(root, `${name}!Dockerfile`)]);
    expect(errors).toEqual([
      `ARCHIVE_INVALID ${name} the entry "../../etc/evil.yaml" leads out of the archive`,
      `ARCHIVE_INVALID ${name} the entry "/abs.yaml" leads out of the archive`,
    ]);
  });

  it('stop at bounds that they name', async () => {
    const bytes = await tar([
      ['a.yaml', pod('a')],
      ['b.yaml', `${pod('b')}#${' '.repeat(3_000_000)}`],
    ]);
    write({
      'a.tgz': gzipSync(bytes),
      'bad.tgz': 'not an archive',
      'cut.tgz': gzipSync(bytes).subarray(0, 900),
    });
    expect((await load('a.tgz')).errors).toEqual([
      'ARCHIVE_LIMIT a.tgz unpacks to more than maxArchiveRatio (200) times its size',
    ]);
    const options = { limits: { maxArchiveRatio: 1e9 } };
    expect(
      (await load('a.tgz', { limits: { ...options.limits, maxArchiveBytes: 9_999 } })).errors.join(),
    ).toContain('maxArchiveBytes (9999)');
    expect(
      (await load('a.tgz', { limits: { ...options.limits, maxArchiveEntries: 1 } })).errors.join(),
    ).toContain('maxArchiveEntries (1)');
    expect((await load('bad.tgz')).errors.join()).toContain('ARCHIVE_INVALID bad.tgz');
    expect((await load('cut.tgz')).errors.join()).toContain('ARCHIVE_INVALID cut.tgz');
  });
});

it('reads or refuses damaged archives', async () => {
  const bytes = gzipSync(
    await tar([
      ['a.yaml', pod('a')],
      ['b/c.yaml', pod('c')],
    ]),
  );
  let seed = 11;
  for (let round = 0; round < 60; round++) {
    const damaged = Buffer.from(bytes);
    for (let i = 0; i < 3; i++) {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      damaged[seed % damaged.length] = seed % 251;
    }
    write({ 'x.tgz': damaged });
    expect((await load('x.tgz')).loaded.resources.length).toBeLessThanOrEqual(2);
  }
});

describe('single paths', () => {
  it.each<[string, string, number, number]>([
    ['manifests', pod('x'), 1, 0],
    ['a Dockerfile', '# syntax\n\nFROM scratch\n', 0, 1],
    ['a list', `apiVersion: v1\nkind: List\nitems:\n- ${pod('x').trim().replaceAll('\n', '\n  ')}\n`, 1, 0],
    ['nothing', '', 0, 0],
  ])('stdin with %s', async (_, stdin, objects, dockerfiles) => {
    const loaded = await loadInput(['-'], { stdin });
    expect([loaded.resources.length, loaded.dockerfiles.length, loaded.errors]).toEqual([
      objects,
      dockerfiles,
      [],
    ]);
  });

  it('globs that the shell left alone', async () => {
    write({ 'a/x.yaml': pod('x'), 'b/y.yaml': pod('other'), 'b/z.txt': 'z' });
    expect((await load('*/*.yaml')).objects).toEqual(['a/x.yaml x', 'b/y.yaml other']);
    await expect(load('*/*.yml')).rejects.toThrow('no such file or folder');
    await expect(load('gone.yaml')).rejects.toThrow('no such file or folder');
  });

  it('are read in full even when they do not look like manifests', async () => {
    write({ 'plain.conf': 'a: [', recipe: 'FROM scratch\n' });
    expect((await load('plain.conf')).errors.join()).toContain('YAML_SYNTAX plain.conf');
    expect((await load('recipe')).loaded.dockerfiles).toHaveLength(1);
  });

  it('a pipe is no file, and nothing waits for it', async () => {
    execFileSync('mkfifo', [join(root, 'pipe.yaml')]);
    expect((await load('pipe.yaml')).errors.join()).toContain('INPUT_UNREADABLE pipe.yaml not a plain file');
  });
});
