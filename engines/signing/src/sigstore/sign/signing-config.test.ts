import { describe, expect, test } from 'vitest';
import { SigningError } from '../../errors.ts';
import { chosenServices, readSigningConfig, type ServiceSelector } from './signing-config.ts';

const mediaType = 'application/vnd.dev.sigstore.signingconfig.v0.2+json';
const now = Date.parse('2026-11-23T12:00:00Z');
const validFor = { start: '2026-01-01T00:00:00Z' };

const service = (operator: string, majorApiVersion = 1, more: object = {}) => ({
  url: `https://${operator}.example`,
  majorApiVersion,
  operator,
  validFor,
  ...more,
});

const chosen = (
  services: readonly object[],
  config: object | undefined,
  known: readonly number[] = [1, 2],
): readonly string[] => {
  const read = readSigningConfig(
    JSON.stringify({ mediaType, rekorTlogUrls: services, rekorTlogConfig: config }),
  );
  return chosenServices(read.transparencyLogs, read.transparencyLogSelector, known, now).map(
    ({ operator, majorApiVersion }) => `${operator} ${majorApiVersion}`,
  );
};

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof SigningError) return error.code;
    throw error;
  }
  return expect.fail('was accepted');
};

describe('services are chosen', () => {
  const three = [service('a'), service('b', 2), service('c')];
  const expired = { validFor: { ...validFor, end: '2026-11-01T00:00:00Z' } };
  const coming = { validFor: { start: '2027-01-01T00:00:00Z' } };
  test.each<[string, readonly object[], object | undefined, readonly string[]]>([
    ['ANY: the newest version', three, { selector: 'ANY' }, ['b 2']],
    ['no selector is ANY', three, undefined, ['b 2']],
    ['ALL', three, { selector: 'ALL' }, ['b 2', 'a 1', 'c 1']],
    ['EXACT', three, { selector: 'EXACT', count: 2 }, ['b 2', 'a 1']],
    [
      'one of each operator',
      [service('a'), service('a', 2), service('b')],
      { selector: 'ALL' },
      ['a 2', 'b 1'],
    ],
    [
      'versions that are not known do not count',
      [service('a'), service('a', 3)],
      { selector: 'ANY' },
      ['a 1'],
    ],
    ['nor those that are over', [service('a', 2, expired), service('a')], { selector: 'ALL' }, ['a 1']],
    ['nor those that are to come', [service('a', 2, coming), service('b')], { selector: 'ALL' }, ['b 1']],
    [
      'the newer of one version',
      [service('a'), service('b', 1, { validFor: { start: '2026-06-01T00:00:00Z' } })],
      { selector: 'ANY' },
      ['b 1'],
    ],
    ['none where none are named', [], { selector: 'ANY' }, []],
  ])('%s', (_, services, config, expected) => {
    expect(chosen(services, config)).toEqual(expected);
  });

  test.each<[string, readonly object[], object, readonly number[]]>([
    ['fewer than EXACT says', three, { selector: 'EXACT', count: 4 }, [1, 2]],
    [
      'two of one operator, where two are needed',
      [service('a'), service('a', 2)],
      { selector: 'EXACT', count: 2 },
      [1, 2],
    ],
    ['none of a known version', [service('a', 3)], { selector: 'ANY' }, [1, 2]],
    ['none of a known version for ALL', [service('a', 3)], { selector: 'ALL' }, [1, 2]],
    ['none that is valid', [service('a', 1, expired)], { selector: 'ANY' }, [1, 2]],
    ['none without a start', [service('a', 1, { validFor: {} })], { selector: 'ANY' }, [1, 2]],
  ])('refused: %s', (_, services, config, known) => {
    expect(codeOf(() => chosen(services, config, known))).toBe('SIGNING_CONFIG_INVALID');
  });

  test('the selector of the timestamp authorities is their own', () => {
    const config = readSigningConfig({
      mediaType,
      tsaUrls: [service('a')],
      tsaConfig: { selector: 'EXACT', count: 1 },
      rekorTlogConfig: { selector: 'ALL' },
    });
    expect(config.timestampAuthoritySelector).toEqual<ServiceSelector>({ kind: 'exact', count: 1 });
    expect(config.transparencyLogSelector).toEqual<ServiceSelector>({ kind: 'all' });
  });
});

test.each<[string, object]>([
  ['another media type', { mediaType: 'application/vnd.dev.sigstore.signingconfig.v9+json' }],
  ['no media type', {}],
  ['another selector', { mediaType, tsaConfig: { selector: 'SOME' } }],
  ['the undefined selector', { mediaType, tsaConfig: { selector: 'SERVICE_SELECTOR_UNDEFINED' } }],
  ['EXACT without a count', { mediaType, tsaConfig: { selector: 'EXACT' } }],
  ['EXACT 0', { mediaType, tsaConfig: { selector: 'EXACT', count: 0 } }],
  ['an address of something else', { mediaType, caUrls: [service('a', 1, { url: 'file:///etc' })] }],
  ['an address that is none', { mediaType, caUrls: [service('a', 1, { url: 'a.example' })] }],
  ['no validity', { mediaType, caUrls: [service('a', 1, { validFor: undefined })] }],
  ['a time that is none', { mediaType, caUrls: [service('a', 1, { validFor: { start: 'today' } })] }],
  ['a version that is none', { mediaType, caUrls: [service('a', 1, { majorApiVersion: 'one' })] }],
  ['services that are none', { mediaType, caUrls: {} }],
])('a config is refused: %s', (_, config) => {
  expect(codeOf(() => readSigningConfig(JSON.stringify(config)))).toBe('SIGNING_CONFIG_INVALID');
});

test('too many services are refused', () => {
  const caUrls = Array.from({ length: 300 }, (_, at) => service(`a${at}`));
  expect(codeOf(() => readSigningConfig(JSON.stringify({ mediaType, caUrls })))).toBe('SIGNING_LIMIT');
});
