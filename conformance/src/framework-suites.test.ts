import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { suite as catalog } from './cns-controls-catalog.ts';
import { judgeIds, titleDigest } from './framework-data.ts';
import { nistId } from './nist-controls.ts';
import { suite as baseline } from './osps-baseline.ts';
import { Tally } from './suite.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A corpus with these files and nothing else. */
function corpusOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

test('an id that stands on one side only fails, whichever side it is', () => {
  const result = new Tally();
  judgeIds(result, 'ours', new Set(['both', 'left']), new Set(['both', 'right']));
  expect(result.passed).toBe(1);
  expect(result.failures.map(({ id }) => id)).toEqual(['right', 'left']);
});

test('the digest of a title does not change with spaces and case', () => {
  expect(titleDigest('Keys  are\nrotated ')).toBe(titleDigest('keys are rotated'));
  expect(titleDigest('Keys are rotated')).not.toBe(titleDigest('Keys are kept'));
});

test.each([
  ['AC-06', 'ac-6'],
  ['AC-06(01)', 'ac-6.1'],
  ['SA-11 (10)', 'sa-11.10'],
  ['SC-28(1)', 'sc-28.1'],
])('%s is %s in OSCAL', (label, id) => {
  expect(nistId(label)).toBe(id);
});

const header =
  'ID,Originating Document,Section,Control Title,Control Implementation,NIST SP800-53r5 references,Assurance Level,Risk Categories';

test('a row of the catalog that we lack is named, line breaks of cells included', async () => {
  const dir = corpusOf({
    'controls_catalog.csv': `${header}\n1,CNSWP v3.0,Access,"Something\nnew, and long","a ""word""",AC-2(1),N/A,N/A\n`,
  });
  const { failures } = await catalog.run(dir);
  const id = `cnswp-v3.0-access-${titleDigest('something new, and long')}`;
  expect(failures).toContainEqual({ id, message: 'the corpus lists it, cns-controls does not' });
});

test('a requirement of the baseline that we lack is named, and so is a level that changed', async () => {
  const dir = corpusOf({
    'metadata.yaml': 'metadata: { mapping-references: [{ id: BPB, title: Badge, url: x }] }',
    'OSPS-AC.yaml': `
controls:
  - id: OSPS-AC-99
    guidelines: [{ reference-id: BPB }, { reference-id: Nowhere }]
    assessment-requirements: [{ id: OSPS-AC-99.01, applicability: [maturity-3] }]
`,
  });
  const { failures, skipped } = await baseline.run(dir);
  const message = (framework: string) => `the corpus lists it, ${framework} does not`;
  expect(failures).toContainEqual({ id: 'OSPS-AC-99', message: message('osps-baseline') });
  expect(failures).toContainEqual({ id: 'OSPS-AC-99.01', message: message('osps-baseline') });
  expect(failures).toContainEqual({ id: 'OSPS-AC-99.01', message: message('osps-maturity-3') });
  expect(skipped.map(({ id }) => id)).toEqual(['OSPS-AC-99 Nowhere']);
});
