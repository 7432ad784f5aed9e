import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { parseYaml } from '@keelson/yaml';
import { describe, expect, test } from 'vitest';
import { keelson, withFolder } from './testing/run.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const readJson = (file: string) => JSON.parse(readFileSync(root + file, 'utf8'));

const require = createRequire(import.meta.url);
const Ajv2020 = require('ajv/dist/2020.js').default;
const addFormats = require('ajv-formats').default;
const ajv = addFormats(new Ajv2020({ allErrors: true, strict: false }));
for (const name of readdirSync(`${root}ground/evidence/schema`))
  ajv.addSchema(readJson(`ground/evidence/schema/${name}`));

function faults(schema: string, value: unknown): unknown[] {
  const validate = ajv.getSchema(readJson(schema).$id) ?? ajv.compile(readJson(schema));
  validate(value);
  return validate.errors ?? [];
}

describe('scan --format json is valid against its schema', () => {
  const broken = 'apiVersion: v1\nkind: Pod\nmetadata: [\n';
  const ignored =
    '# keelson:ignore privileged-container on purpose\napiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { containers: [{ name: c, image: x, securityContext: { privileged: true } }] }\n';
  test.each<[string, Record<string, string>, string[]]>([
    [
      'without findings',
      { 'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n' },
      ['--only', 'privileged-container'],
    ],
    ['with errors and suppressions', { 'a.yaml': broken, 'b.yaml': ignored }, []],
    [
      'with users’ checks that do not compile',
      { 'a.yaml': ignored, 'own/x.yaml': 'id: x\n' },
      ['--checks', 'own'],
    ],
  ])('%s', (_, files, args) => {
    withFolder(files, (folder) => {
      const { out } = keelson(folder, ['scan', '.', '-f', 'json', ...args]);
      expect(faults('docs/schemas/scan-report.schema.json', JSON.parse(out))).toEqual([]);
    });
  });

  test('with findings of every sort', () => {
    const { out } = keelson(root, ['scan', 'examples/shop', '-f', 'json']);
    expect(faults('docs/schemas/scan-report.schema.json', JSON.parse(out))).toEqual([]);
  });
});

describe('the schema of keelson.yaml', () => {
  const configuration = (text: string) => {
    const value = parseYaml(text).documents[0]?.value;
    return faults('docs/schemas/keelson.schema.json', JSON.parse(JSON.stringify(value)));
  };

  test('takes what docs/scan.md shows', () => {
    const shown =
      readFileSync(`${root}docs/scan.md`, 'utf8').match(/```yaml\n(scan:\n[\s\S]*?)```/)?.[1] ?? '';
    expect(shown).toContain('exceptions:');
    expect(configuration(shown)).toEqual([]);
  });

  test.each(['exceptions: [{ rule: x, reason: y2 }]', 'scan: { failOn: awful }', 'unknown: 1'])(
    'refuses %s',
    (text) => {
      expect(configuration(text)).not.toEqual([]);
    },
  );
});

describe('the schema of ImagePolicy', () => {
  const policy = (text: string) => {
    const value = parseYaml(text).documents[0]?.value;
    return faults('docs/schemas/image-policy.schema.json', JSON.parse(JSON.stringify(value)));
  };
  const example = readFileSync(`${root}examples/image-policies/shop.yaml`, 'utf8');

  test('takes the example', () => {
    expect(policy(example)).toEqual([]);
  });

  test.each([
    ['  mode: maybe', 'mode'],
    ['  levels: [SLSA_BEST]', 'a level'],
    ['  levels: [FAILED]', 'no level'],
    ['  other: 1', 'a member'],
  ])('refuses %s', (line) => {
    expect(policy(example.replace(/ {2}levels: .*/, line))).not.toEqual([]);
  });

  test.each([
    ['threshold: 1', 'threshold: 0'],
    ['log: not-required', 'log: no'],
    ['key: alice.pub', 'key: alice.pub\n      identities: []'],
    ['      - issuer: https', '      - issuers: https'],
    ['maxAge: 30d', 'maxAge: soon'],
    ['type: test-result', 'types: test-result'],
  ])('refuses %s as %s', (good, bad) => {
    expect(example).toContain(good);
    expect(policy(example.replace(good, bad))).not.toEqual([]);
  });
});
