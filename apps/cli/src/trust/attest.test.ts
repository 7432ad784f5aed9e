import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { keelson, withFolder } from '../testing/run.ts';

beforeAll(() => {
  vi.stubEnv('COSIGN_PASSWORD', 'pass');
});
afterAll(() => {
  vi.unstubAllEnvs();
});

const bare = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n';
const privileged =
  'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { containers: [{ name: c, image: x, securityContext: { privileged: true } }] }\n';

/** The statement that `keelson attest` writes about a file, or what it says where it writes none. */
function attest(folder: string, ...args: readonly string[]) {
  const run = keelson(folder, ['attest', '--key', 'k.key', ...args, '--bundle', '-', 'a.yaml']);
  if (run.code !== 0) return { code: run.code, err: run.err };
  const { payload } = JSON.parse(run.out).dsseEnvelope;
  return JSON.parse(Buffer.from(payload, 'base64').toString('utf8'));
}

function withKey(files: Readonly<Record<string, string>>, use: (folder: string) => void): void {
  withFolder({ 'a.yaml': bare, 'b.yaml': privileged, ...files }, (folder) => {
    keelson(folder, ['sign', '--generate-key-pair', 'k']);
    use(folder);
  });
}

const time = '2026-11-23T12:00:00Z';

describe('what a predicate is tells its file', () => {
  const slsa1 = {
    buildDefinition: { buildType: 't', externalParameters: {} },
    runDetails: { builder: { id: 'b' } },
  };
  const vsa = {
    verifier: { id: 'v' },
    timeVerified: time,
    resourceUri: 'r',
    policy: {},
    verificationResult: 'PASSED',
    verifiedLevels: [],
  };
  const vex = {
    '@context': 'https://openvex.dev/ns/v0.2.0',
    '@id': 'i',
    author: 'a',
    timestamp: time,
    statements: [],
  };
  const files: Readonly<Record<string, object>> = {
    'https://cyclonedx.org/bom': { bomFormat: 'CycloneDX', specVersion: '1.6' },
    'https://spdx.dev/Document': { spdxVersion: 'SPDX-2.3' },
    'https://openvex.dev/ns': vex,
    'https://docs.oasis-open.org/sarif/sarif/v2.1.0': { version: '2.1.0', runs: [] },
    'https://slsa.dev/provenance/v1': slsa1,
    'https://slsa.dev/provenance/v0.2': { builder: { id: 'b' }, buildType: 't', materials: [] },
    'https://slsa.dev/verification_summary/v1': vsa,
  };
  test('SPDX 3 by its context', () => {
    withKey({}, (folder) => {
      const predicate = { '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld', '@graph': [] };
      writeFileSync(join(folder, 'p.json'), JSON.stringify(predicate));
      const predicateType = 'https://spdx.dev/Document';
      expect(attest(folder, '--predicate', 'p.json')).toMatchObject({ predicateType, predicate });
    });
  });
  test('by the marks of its format', () => {
    withKey({}, (folder) => {
      for (const [predicateType, predicate] of Object.entries(files)) {
        writeFileSync(join(folder, 'p.json'), JSON.stringify(predicate));
        expect(attest(folder, '--predicate', 'p.json')).toMatchObject({ predicateType, predicate });
      }
    });
  });

  test.each<[string, string, string[], string]>([
    ['none', '{"score":9}', [], 'does not say of which type it is'],
    ['a list', '[]', ['--type', 'https://a.example/x'], 'no JSON object: --type custom'],
    ['no JSON', 'x', ['--type', 'https://a.example/x'], 'is no JSON'],
    ['a whole statement', '{"_type":"x","predicateType":"y"}', [], 'is a whole statement'],
    [
      'a member that is missing',
      '{"bomFormat":"CycloneDX"}',
      [],
      'specVersion is missing, in a predicate of type CycloneDX BOM',
    ],
    ['no SPDX document', '{"ok":true}', ['--type', 'spdxjson'], 'has neither spdxVersion of SPDX-'],
    ['another format', '{"bomFormat":"CycloneDX"}', ['--type', 'slsaprovenance1'], 'PREDICATE_INVALID'],
    [
      'a report that is not whole',
      '{"schema":"urn:keelson:scan-report:v1","findings":[{}]}',
      [],
      'no report',
    ],
  ])('refused: %s', (_, text, args, expected) => {
    withKey({ 'p.json': text }, (folder) => {
      expect(attest(folder, '--predicate', 'p.json', ...args)).toMatchObject({
        code: 2,
        err: expect.stringContaining(expected),
      });
    });
  });
});

describe('what keelson writes can be stated', () => {
  test('a report of a scan, as a test result with its verdict', () => {
    withKey({ 'broken.yaml': 'a: [', 'c.yaml': privileged.replace('true', 'false') }, (folder) => {
      const stated = (...args: string[]) => {
        writeFileSync(join(folder, 'r.json'), keelson(folder, ['scan', '-f', 'json', ...args]).out);
        return attest(folder, '--predicate', 'r.json');
      };
      const predicateType = 'https://in-toto.io/attestation/test-result/v0.1';
      const only = ['--only', 'privileged-container'];
      expect(stated('a.yaml', ...only)).toMatchObject({
        code: 2,
        err: expect.stringContaining('judged nothing'),
      });
      expect(stated('c.yaml', ...only)).toMatchObject({
        predicateType,
        predicate: { result: 'PASSED', failedTests: [] },
      });
      const bad = stated('b.yaml', ...only);
      expect(bad.predicate).toMatchObject({
        result: 'FAILED',
        failedTests: ['privileged-container'],
        passedTests: [],
        keelsonScanReport: { schema: 'urn:keelson:scan-report:v1' },
      });
      expect(stated('b.yaml', '--only', 'image-tag-latest,memory-limit-missing').predicate.result).not.toBe(
        'PASSED',
      );
      expect(stated('c.yaml', 'broken.yaml', ...only).predicate.result).toBe('FAILED');
    });
  });

  test('its other outputs', () => {
    withKey({}, (folder) => {
      const write = (...args: string[]) => writeFileSync(join(folder, 'o'), keelson(folder, args).out);
      write('scan', 'b.yaml', '-f', 'sarif');
      expect(attest(folder, '--predicate', 'o').predicateType).toContain('sarif');
      for (const args of [
        ['netpol', 'list', '.', '-f', 'json'],
        ['scan', 'b.yaml', '-f', 'junit'],
        ['checks', 'list', '-f', 'json'],
      ]) {
        write(...args);
        const { predicate } = attest(folder, '--predicate', 'o', '--type', 'custom');
        expect(predicate.Data).toBe(readFileSync(join(folder, 'o'), 'utf8'));
        expect(predicate.Timestamp).toMatch(/^\d{4}-.*Z$/);
      }
      write('scan', 'b.yaml', '-f', 'oscal-results');
      const oscal = attest(folder, '--predicate', 'o', '--type', 'https://example.com/oscal');
      expect(Object.keys(oscal.predicate)).toEqual(['assessment-results']);
    });
  });
});
