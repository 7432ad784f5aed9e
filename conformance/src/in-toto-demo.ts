import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type AttestationErrorCode,
  type LayoutInput,
  type Link,
  readLayoutKey,
  readLink,
  verifyLayout,
} from '@keelson/attestation';
import { isKeelsonError, isObject, type JsonObject, type JsonValue } from '@keelson/core';
import { canonicalJson, type MetadataKey, pae } from '@keelson/envelopes';
import { type SignatureScheme, sign } from '@keelson/pki';
import type { Tally } from './suite.ts';

type Form = 'signed' | 'dsse';

const payloadType = 'application/vnd.in-toto+json';
const expires = '2030-01-01T00:00:00Z';
const now = Date.parse('2029-06-01T00:00:00Z');
const folders = { signed: 'demo_files', dsse: 'demo_dsse_files' } as const;

interface Owner {
  readonly key: MetadataKey;
  readonly privateKey: KeyObject;
  readonly scheme: SignatureScheme;
}

function owner(scheme: SignatureScheme, pair: { publicKey: KeyObject; privateKey: KeyObject }): Owner {
  const pem = pair.publicKey.export({ format: 'pem', type: 'spki' }).toString();
  return { key: readLayoutKey(pem), privateKey: pair.privateKey, scheme };
}

/** What a case changes of the demo that holds. */
interface Change {
  readonly layout?: (layout: JsonObject) => void;
  readonly signedBy?: (owners: readonly Owner[]) => readonly Owner[];
  /** Signs something else than what is written. */
  readonly isOtherSigned?: boolean;
  readonly input?: (input: LayoutInput, owners: readonly Owner[]) => LayoutInput;
}

const cases: readonly [name: string, expected: AttestationErrorCode | undefined, change: Change][] = [
  ['as it is', undefined, {}],
  [
    'one owner of both asked for',
    undefined,
    { input: (input) => ({ ...input, owners: input.owners.slice(1) }) },
  ],
  ['one owner has not signed', 'LAYOUT_UNSIGNED', { signedBy: (owners) => owners.slice(0, 1) }],
  [
    'another owner is asked for',
    'LAYOUT_UNSIGNED',
    {
      input: (input) => ({
        ...input,
        owners: [owner('ecdsa-sha256', generateKeyPairSync('ec', { namedCurve: 'P-256' })).key],
      }),
    },
  ],
  ['no owner is asked for', 'LAYOUT_UNSIGNED', { input: (input) => ({ ...input, owners: [] }) }],
  ['the signature of another document', 'LAYOUT_UNSIGNED', { isOtherSigned: true }],
  ['a second before it expires', undefined, { input: at(Date.parse(expires) - 1000) }],
  ['the second in which it expires', 'LAYOUT_EXPIRED', { input: at(Date.parse(expires)) }],
  ['expired', 'LAYOUT_EXPIRED', { input: at(Date.parse(expires) + 86_400_000) }],
  [
    'a link is missing',
    'LINK_MISSING',
    { input: reading((path) => (path.startsWith('package') ? '' : path)) },
  ],
  [
    'the link of another step',
    'LINK_MISSING',
    { input: reading((path) => (path.startsWith('package') ? 'write-code.776a00e2.link' : path)) },
  ],
  ['DISALLOW * stands first', 'RULE_FAILED', { layout: withFirstRule(['DISALLOW', '*']) }],
  ['a rule that is none', 'RULE_INVALID', { layout: withFirstRule(['FORBID', '*']) }],
  ['threshold 2', 'LINK_MISSING', { layout: (layout) => setFirst(layout, 'threshold', 2) }],
  ['threshold 0', 'LAYOUT_INVALID', { layout: (layout) => setFirst(layout, 'threshold', 0) }],
  [
    'no steps',
    'LAYOUT_INVALID',
    {
      layout: (layout) => {
        layout['steps'] = [];
      },
    },
  ],
  [
    'no date',
    'LAYOUT_INVALID',
    {
      layout: (layout) => {
        delete layout['expires'];
      },
    },
  ],
  [
    'the inspection is not run',
    'LINK_MISSING',
    { input: (input) => ({ ...input, inspect: () => undefined }) },
  ],
  [
    'the inspection finds another file',
    'RULE_FAILED',
    {
      layout: (layout) =>
        setFirst(
          layout,
          'expected_products',
          [
            ['MATCH', '*', 'WITH', 'PRODUCTS', 'FROM', 'write-code'],
            ['DISALLOW', '*'],
          ],
          'inspect',
        ),
      input: (input) => ({ ...input, inspect: () => inspectionLink('0'.repeat(64)) }),
    },
  ],
];

function at(time: number) {
  return (input: LayoutInput): LayoutInput => ({ ...input, now: time });
}

function reading(changed: (path: string) => string) {
  return (input: LayoutInput): LayoutInput => ({ ...input, read: (path) => input.read(changed(path)) });
}

function withFirstRule(rule: readonly string[]) {
  return (layout: JsonObject): void => {
    const step = firstOf(layout, 'steps');
    const rules = step['expected_products'];
    step['expected_products'] = [[...rule], ...(Array.isArray(rules) ? rules : [])];
  };
}

function setFirst(layout: JsonObject, name: string, value: JsonValue, list = 'steps'): void {
  firstOf(layout, list)[name] = value;
}

function firstOf(layout: JsonObject, name: string): JsonObject {
  const list = layout[name];
  const first = Array.isArray(list) ? list[0] : undefined;
  if (!isObject(first)) throw new Error(`the layout has no ${name}`);
  return first;
}

/** Judges the demo in both forms, with owners whose keys are made here. */
export function judgeDemo(tests: string, tally: Tally): void {
  const owners = [
    owner('rsa-pss-sha256', generateKeyPairSync('rsa', { modulusLength: 2048 })),
    owner('ecdsa-sha256', generateKeyPairSync('ec', { namedCurve: 'P-256' })),
  ];
  for (const form of ['signed', 'dsse'] as const)
    for (const [name, expected, change] of cases) {
      const actual = codeOf(() => verifyDemo(join(tests, folders[form]), form, owners, change));
      if (actual === expected) tally.pass();
      else
        tally.fail(
          `demo, ${form}, ${name}`,
          `${actual ?? 'was accepted'} where ${expected ?? 'acceptance'} is right`,
        );
    }
}

function codeOf(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return isKeelsonError(error) ? error.code : `crash: ${String(error)}`;
  }
}

function verifyDemo(folder: string, form: Form, owners: readonly Owner[], change: Change): void {
  const layout = templateOf(folder, form);
  layout['expires'] = expires;
  change.layout?.(layout);
  const bytes = signedDocument(
    layout,
    form,
    change.signedBy?.(owners) ?? owners,
    change.isOtherSigned === true,
  );
  const input: LayoutInput = {
    owners: owners.map(({ key }) => key),
    now,
    read: (path) => (path === '' ? undefined : readFileSync(join(folder, path))),
    inspect: () => inspectionLink('74dc3727c6e89308b39e4dfedf787e37841198b1fa165a27c013544a60502549'),
  };
  verifyLayout(bytes, change.input?.(input, owners) ?? input);
}

function templateOf(folder: string, form: Form): JsonObject {
  const file: JsonValue = JSON.parse(readFileSync(join(folder, 'demo.layout.template'), 'utf8'));
  const outer = isObject(file) ? file : {};
  const layout: JsonValue =
    form === 'signed'
      ? (outer['signed'] ?? null)
      : JSON.parse(Buffer.from(String(outer['payload']), 'base64').toString());
  if (!isObject(layout)) throw new Error('the template has no layout');
  return layout;
}

function signedDocument(
  layout: JsonObject,
  form: Form,
  owners: readonly Owner[],
  isOther: boolean,
): Uint8Array {
  const canonical = canonicalJson(layout) ?? new Uint8Array();
  const payload = Buffer.from(JSON.stringify(layout));
  const written = form === 'signed' ? canonical : pae(payloadType, payload);
  const signed = isOther ? Buffer.concat([written, Buffer.from(' ')]) : written;
  const signatures = owners.map(({ key, privateKey, scheme }) => {
    const sig = Buffer.from(sign(privateKey, scheme, signed));
    return { keyid: key.id, sig: sig.toString(form === 'signed' ? 'hex' : 'base64') };
  });
  const document =
    form === 'signed'
      ? { signed: layout, signatures }
      : { payload: payload.toString('base64'), payloadType, signatures };
  return Buffer.from(JSON.stringify(document));
}

/** What untarring would leave: the archive as it came, and the file in it. */
function inspectionLink(fileDigest: string): Link {
  const archive = {
    'foo.tar.gz': { sha256: '52947cb78b91ad01fe81cd6aef42d1f6817e92b9e6936c1e5aabb7c98514f355' },
  };
  const signed = {
    _type: 'link',
    name: 'untar',
    command: ['python', './scripts/tar', 'xfz', 'foo.tar.gz'],
    materials: archive,
    products: { ...archive, 'foo.py': { sha256: fileDigest } },
  };
  return readLink(Buffer.from(JSON.stringify({ signed, signatures: [] })));
}
