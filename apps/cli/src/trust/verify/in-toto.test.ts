import { createHash, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { canonicalJson, pae } from '@keelson/envelopes';
import { sign } from '@keelson/pki';
import { describe, expect, test } from 'vitest';
import { keelson, withFolderAsync } from '../../testing/run.ts';

/** Someone with a key of Ed25519, whose id is the hash of its JSON form. */
function person() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex');
  const json = { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: raw } };
  const id = createHash('sha256')
    .update(canonicalJson(json) ?? '')
    .digest('hex');
  return {
    privateKey,
    json,
    id,
    pem: createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString(),
  };
}
type Person = ReturnType<typeof person>;
const sealedBy = (key: KeyObject, bytes: Uint8Array) => Buffer.from(sign(key, 'ed25519', bytes));

const signed = (document: object, ...people: Person[]) => {
  const bytes = canonicalJson(JSON.parse(JSON.stringify(document))) ?? new Uint8Array();
  const signatures = people.map(({ id, privateKey }) => ({
    keyid: id,
    sig: sealedBy(privateKey, bytes).toString('hex'),
  }));
  return JSON.stringify({ signed: document, signatures });
};
const enveloped = (document: object, { id, privateKey }: Person) => {
  const payloadType = 'application/vnd.in-toto+json';
  const payload = Buffer.from(JSON.stringify(document));
  const sig = sealedBy(privateKey, pae(payloadType, payload)).toString('base64');
  return JSON.stringify({
    payloadType,
    payload: payload.toString('base64'),
    signatures: [{ keyid: id, sig }],
  });
};

const [owner, other, builder] = [person(), person(), person()];
const digest = (text: string) => ({ sha256: createHash('sha256').update(text).digest('hex') });
const step = (more: object = {}) => ({
  _type: 'step',
  name: 'build',
  pubkeys: [builder.id],
  threshold: 1,
  expected_command: ['make'],
  expected_materials: [],
  expected_products: [
    ['CREATE', 'web.tar.gz'],
    ['DISALLOW', '*'],
  ],
  ...more,
});
const layout = (more: object = {}) => ({
  _type: 'layout',
  expires: '2999-01-01T00:00:00Z',
  readme: '',
  keys: { [builder.id]: builder.json },
  steps: [step()],
  inspect: [],
  ...more,
});
const link = (products: object, command = ['make']) => ({
  _type: 'link',
  name: 'build',
  command,
  byproducts: {},
  environment: {},
  materials: {},
  products,
});
const linkName = `build.${builder.id.slice(0, 8)}.link`;
const inspection = {
  _type: 'inspection',
  name: 'untar',
  run: ['touch', 'ran'],
  expected_materials: [],
  expected_products: [],
};
const files = {
  'a.tar.gz': 'a',
  'b.tar.gz': 'b',
  'owner.pub': owner.pem,
  'other.pub': other.pem,
  'none.pub': 'x',
  'root.layout': signed(layout(), owner),
  'dsse.layout': enveloped(layout(), owner),
  'ended.layout': signed(layout({ expires: '2020-01-01T00:00:00Z' }), owner),
  'inspected.layout': signed(layout({ inspect: [inspection] }), owner),
  'parameters.layout': signed(
    layout({
      steps: [
        step({
          expected_products: [
            ['CREATE', '{product}'],
            ['DISALLOW', '*'],
          ],
        }),
      ],
    }),
    owner,
  ),
  [`links/${linkName}`]: signed(link({ 'web.tar.gz': digest('a') }), builder),
  [`noted/${linkName}`]: signed(link({ 'web.tar.gz': digest('a') }, ['sh']), builder),
  [`more/${linkName}`]: signed(link({ 'web.tar.gz': digest('a'), 'back.door': digest('b') }), builder),
  [`forged/${linkName}`]: signed(link({ 'web.tar.gz': digest('b') }), other),
  'empty/x': '',
};
const inToto = ['verify', '--with', 'in-toto'];
const root = ['--layout', 'root.layout', '--layout-key', 'owner.pub'];
const links = ['--link-dir', 'links'];

describe('keelson verify --with in-toto', () => {
  test.each<[string, string[], number, string]>([
    ['a product', [...root, ...links, 'a.tar.gz'], 0, 'product web.tar.gz'],
    ['by its digest', [...root, ...links, `sha256:${digest('a').sha256}`], 0, 'verified'],
    ['a product, offline', [...root, ...links, '--offline', 'a.tar.gz'], 0, 'verified'],
    ['another product', [...root, ...links, 'b.tar.gz'], 1, 'it is no product of the last step'],
    ['no artifact', [...root, ...links], 0, 'not checked: any artifact'],
    ['who did it', [...root, ...links, 'a.tar.gz'], 0, `step build, by ${builder.id}`],
    [
      'an envelope',
      ['--layout', 'dsse.layout', '--layout-key', 'owner.pub', ...links, 'a.tar.gz'],
      0,
      'verified',
    ],
    [
      'another owner',
      ['--layout', 'root.layout', '--layout-key', 'other.pub', ...links],
      1,
      'LAYOUT_UNSIGNED',
    ],
    [
      'two owners, of which one signed',
      [...root, '--layout-key', 'other.pub', ...links],
      1,
      'LAYOUT_UNSIGNED',
    ],
    [
      'a layout of before',
      ['--layout', 'ended.layout', '--layout-key', 'owner.pub', ...links],
      1,
      'LAYOUT_EXPIRED',
    ],
    ['no links', [...root, '--link-dir', 'empty', 'a.tar.gz'], 1, 'LINK_MISSING'],
    ['its artifact then', [...root, '--link-dir', 'empty', 'a.tar.gz'], 1, 'a.tar.gz: not verified'],
    [
      'links of others',
      [...root, '--link-dir', 'forged'],
      1,
      `and 0 hold: ${linkName} has no signature that holds of ${builder.id} [LINK_MISSING]`,
    ],
    ['a product that no rule allows', [...root, '--link-dir', 'more'], 1, 'RULE_FAILED'],
    ['another command', [...root, '--link-dir', 'noted'], 0, 'note: step "build" ran another command'],
    [
      'an inspection, which nobody runs',
      ['--layout', 'inspected.layout', '--layout-key', 'owner.pub', ...links, 'a.tar.gz'],
      1,
      'keelson runs no commands',
    ],
    [
      'a parameter',
      [
        '--layout',
        'parameters.layout',
        '--layout-key',
        'owner.pub',
        ...links,
        '--substitute',
        'product=web.tar.gz',
      ],
      0,
      'verified',
    ],
    [
      'a parameter without its value',
      ['--layout', 'parameters.layout', '--layout-key', 'owner.pub', ...links, '--substitute', 'a=b'],
      1,
      'PARAMETER_INVALID',
    ],
    ['no layout', ['--layout', 'a.tar.gz', '--layout-key', 'owner.pub', ...links], 1, 'LAYOUT_INVALID'],
  ])('%s', async (_, args, code, expected) => {
    await withFolderAsync(files, async (folder) => {
      const run = keelson(folder, [...inToto, ...args]);
      expect([run.code, run.out]).toEqual([code, expect.stringContaining(expected)]);
    });
  });

  test.each<[string, string[], string]>([
    ['no layout', ['--layout-key', 'owner.pub'], '--layout FILE'],
    ['no owner', ['--layout', 'root.layout'], '--layout-key FILE'],
    ['a key that is none', ['--layout', 'root.layout', '--layout-key', 'none.pub'], 'LAYOUT_KEY_INVALID'],
    ['no such folder', [...root, '--link-dir', 'nowhere'], 'nowhere: no such file or folder'],
    ['a trusted root', [...root, '--trusted-root', 'a'], '--with in-toto and --trusted-root'],
  ])('wrong call: %s', async (_, args, expected) => {
    await withFolderAsync(files, async (folder) => {
      const run = keelson(folder, [...inToto, ...args]);
      expect([run.code, run.err]).toEqual([2, expect.stringContaining(expected)]);
    });
  });

  test('for programs', async () => {
    await withFolderAsync(files, async (folder) => {
      const run = keelson(folder, [...inToto, ...root, ...links, '-f', 'json', 'a.tar.gz', 'b.tar.gz']);
      expect([run.code, JSON.parse(run.out)]).toMatchObject([
        1,
        {
          verified: false,
          artifacts: [
            {
              artifact: 'root.layout',
              verified: true,
              accepted: [
                { steps: [{ name: 'build', keyIds: [builder.id] }], products: { 'web.tar.gz': digest('a') } },
              ],
            },
            { artifact: 'a.tar.gz', verified: true, accepted: [{ products: ['web.tar.gz'] }] },
            { artifact: 'b.tar.gz', verified: false, refused: [{ code: 'SUBJECT_MISMATCH' }] },
          ],
        },
      ]);
    });
  });
});
