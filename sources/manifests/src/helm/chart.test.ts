import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadInput } from '../load.ts';
import { planOverlays } from '../overlay/overlay.ts';
import { findHelm, templateArguments } from './program.ts';

let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'keelson-chart-'));
  write('shop/Chart.yaml', 'apiVersion: v2\nname: shop\nversion: 1.0.0\n');
  write('shop/values.yaml', 'apiVersion: v1\nkind: NotAnObject\n');
  write('shop/templates/web.yaml', template);
  write('shop/ci/pod.yaml', 'apiVersion: v1\nkind: Pod\nmetadata: {name: plain}\n');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const template = [
  'apiVersion: v1',
  'kind: Pod',
  'metadata:',
  '  name: {{ .Release.Name }}-web',
  'spec:',
  '  hostNetwork: true',
  '  containers:',
  '    - name: web',
  '      image: {{ .Values.image }}',
  '      {{- toYaml .Values.more | nindent 6 }}',
  '',
].join('\n');

function write(name: string, text: string): void {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), text);
}

/** A stand-in for helm that notes how it was called. */
function fakeHelm(script: string): string {
  const program = join(root, 'bin/helm');
  write('bin/helm', `#!/bin/sh\n${script}\n`);
  chmodSync(program, 0o755);
  return program;
}

const rendered = template
  .replace('{{ .Release.Name }}-web', 'shop-web')
  .replace('{{ .Values.image }}', 'nginx')
  .replace(/ {6}\{\{- toYaml.*\n/, '      tty: true\n');
const printing = `cat <<'END'\n---\n# Source: shop/templates/web.yaml\n${rendered}END`;

describe('a chart', () => {
  it('is rendered by helm, and only its templates are judged', async () => {
    const program = fakeHelm(`echo "$@ $HOME" > ${root}/called; ${printing}`);
    const loaded = await loadInput([join(root, 'shop')], {
      helm: { program, namespace: 'prod', values: ['v.yaml'], set: ['a=b'] },
    });
    expect(loaded.errors).toEqual([]);
    expect(loaded.resources.map(({ name, origin }) => [name, origin.renderedBy])).toEqual([
      ['shop-web', 'helm'],
      ['plain', undefined],
    ]);
    const called = readFileSync(join(root, 'called'), 'utf8');
    expect(called).toContain(
      `template shop ${join(root, 'shop')} --namespace=prod --values=v.yaml --set=a=b`,
    );
    expect(called).not.toContain(process.env['HOME'] ?? 'no home');
  });

  it.each([
    ['the line that says so', ['spec', 'hostNetwork'], 6],
    ['the line that has a value for it', ['spec', 'containers', 0, 'image'], 9],
    ['the parent of what a value brought', ['spec', 'containers', 0, 'tty'], 7],
    ['the key of the object', ['spec', 'volumes'], 5],
  ])('is located at %s', async (_, path, line) => {
    const loaded = await loadInput([join(root, 'shop')], { helm: { program: fakeHelm(printing) } });
    const found = loaded.resources[0]?.origin.locate(path);
    expect([found?.file, found?.line, found?.origin?.line]).toEqual([
      join(root, 'shop/templates/web.yaml'),
      line,
      line,
    ]);
  });

  it.each([
    ['echo "Error: bad values" >&2; exit 1', {}, 'helm could not render the chart: bad values'],
    ['sleep 5', { timeout: 100 }, 'timeout (100 ms)'],
    ['yes', { maxOutputBytes: 1_000 }, 'maxOutputBytes (1000)'],
  ])('that cannot be rendered is an error: %s', async (script, options, message) => {
    const loaded = await loadInput([join(root, 'shop')], {
      helm: { program: fakeHelm(`exec ${script}`.replace('exec echo', 'echo')), ...options },
    });
    expect(loaded.errors.map(({ code, message: text }) => [code, text.includes(message)])).toEqual([
      ['CHART_NOT_RENDERED', true],
    ]);
  });

  it('is not judged where helm is absent', async () => {
    const loaded = await loadInput([join(root, 'shop')], { helm: { program: join(root, 'no/helm') } });
    expect(loaded.resources.map(({ name }) => name)).toEqual(['plain']);
    expect(loaded.notJudged.map(({ reason }) => reason)).toEqual([
      'the chart was not rendered: helm is not on PATH',
    ]);
  });

  it('takes fixes in an overlay of its own, which the loader applies', async () => {
    const helm = { program: fakeHelm(printing) };
    const before = await loadInput([join(root, 'shop')], { helm });
    const [resource] = before.resources;
    if (resource === undefined) throw new Error('nothing was rendered');
    const patch = [
      { op: 'replace' as const, path: ['spec', 'hostNetwork'], value: false },
      {
        op: 'add' as const,
        path: ['spec', 'containers', 0, 'securityContext', 'capabilities', 'drop'],
        value: ['ALL'],
      },
    ];
    const { files, left } = planOverlays([{ resource, patch }], () => undefined);
    expect(left).toEqual([]);
    expect(files.map(({ path }) => path)).toEqual([join(root, 'shop/keelson-fixes/kustomization.yaml')]);
    for (const { path, text } of files) write(path.slice(root.length + 1), text);
    const after = await loadInput([join(root, 'shop')], { helm });
    expect(JSON.parse(JSON.stringify(after.resources[0]?.object['spec']))).toEqual({
      hostNetwork: false,
      containers: [
        { name: 'web', image: 'nginx', tty: true, securityContext: { capabilities: { drop: ['ALL'] } } },
      ],
    });
    expect(after.resources[0]?.origin.locate(['spec', 'hostNetwork']).file).toBe(
      join(root, 'shop/keelson-fixes/kustomization.yaml'),
    );
    const read = (path: string) => readFileSync(path, 'utf8');
    expect(planOverlays([{ resource, patch }], read).files).toEqual([]);
  });
});

it('is rendered once when a kustomization names it', async () => {
  write(
    'kustomization.yaml',
    'namePrefix: k-\nhelmCharts: [{name: shop, releaseName: shop}]\nhelmGlobals: {chartHome: .}\n',
  );
  const loaded = await loadInput([`${root}/./`], { helm: { program: fakeHelm(printing) } });
  expect(loaded.resources.map(({ name }) => name).sort()).toEqual(['k-shop-web', 'plain']);
  expect(
    loaded.resources.find(({ name }) => name === 'k-shop-web')?.origin.locate(['spec', 'hostNetwork']),
  ).toMatchObject({
    file: join(root, 'shop/templates/web.yaml'),
    line: 6,
  });
});

it('takes nothing in a path for an option', () => {
  expect(templateArguments('--post-renderer=x', 'r', {})).toEqual([
    'template',
    'r',
    './--post-renderer=x',
    '--namespace=default',
  ]);
});

it('finds no helm in relative folders of PATH', () => {
  expect(findHelm('helm', `.:bin:${join(tmpdir(), 'none')}`)).toBeUndefined();
});
