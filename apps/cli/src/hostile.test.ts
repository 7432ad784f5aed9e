import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { keelson, type RunResult, withFolder } from './testing/run.ts';

const pod = (name: string) => `apiVersion: v1
kind: Pod
metadata: { name: ${name} }
spec:
  containers:
    - { name: c, image: "example.com/c:1", securityContext: { privileged: true } }
`;
const only = ['--only', 'privileged-container', '-f', 'json'];

interface Outcome {
  code: number;
  objects: string[];
  errors: { code: string; file: string | undefined; message: string }[];
}

function outcome({ code, out, err }: RunResult): Outcome {
  expect(err).not.toMatch(/internal error|at .*\.js:\d+/);
  const report = JSON.parse(out);
  return {
    code,
    objects: report.findings.map((finding: { object: string }) => finding.object),
    errors: report.notifications.map(
      (item: { code: string; message: string; location?: { file: string } }) => ({
        code: item.code,
        message: item.message,
        file: item.location?.file,
      }),
    ),
  };
}

/** Scans a folder that holds a good Pod and whatever `plant` puts beside it. */
function scanBeside(plant: (folder: string) => void, ...args: string[]): Outcome {
  return withFolder({ 'good.yaml': pod('good') }, (folder) => {
    plant(folder);
    return outcome(keelson(folder, ['scan', '.', ...only, ...args]));
  });
}

const bombs = Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(12)}]`).join(
  '\n',
);

describe('one bad file is named and the good one is judged', () => {
  test.each<[string, string, string | Buffer]>([
    ['truncated', 'YAML_SYNTAX', 'apiVersion: v1\nkind: Pod\nmetadata: { name: "x'],
    ['binary', 'INPUT_NOT_TEXT', Buffer.from([0x61, 0, 1, 2, 0xff, 0xfe, 0])],
    ['not UTF-8', 'INPUT_NOT_TEXT', Buffer.from('apiVersion: v1\nkind: Pod\nname: \xff\xff', 'latin1')],
    ['alias bomb', 'YAML_ALIAS', `apiVersion: v1\nkind: Pod\na0: &a0 [x]\n${bombs}\n`],
    [
      'nested 10,000 deep',
      'YAML_LIMIT',
      `apiVersion: v1\nkind: Pod\na: ${'['.repeat(10_000)}${']'.repeat(10_000)}\n`,
    ],
    [
      'indented 10,000 deep',
      'YAML_LIMIT',
      `apiVersion: v1\nkind: Pod\n${Array.from({ length: 2000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')}\n`,
    ],
    ['mis-tagged', 'YAML_VALUE', 'apiVersion: v1\nkind: Pod\nmetadata: { name: !!int abc }\n'],
    ['tab', 'YAML_SYNTAX', 'apiVersion: v1\nkind: Pod\nmetadata:\n\tname: x\n'],
  ])('%s: %s', (_, code, text) => {
    const {
      code: exit,
      objects,
      errors,
    } = scanBeside((folder) => writeFileSync(join(folder, 'bad.yaml'), text));
    expect(exit).toBe(3);
    expect(objects).toEqual(['Pod good']);
    expect(errors.map((error) => [error.code, error.file])).toEqual([[code, 'bad.yaml']]);
  });

  test('200 MB', () => {
    const { code, objects, errors } = scanBeside((folder) => {
      writeFileSync(join(folder, 'huge.yaml'), '');
      truncateSync(join(folder, 'huge.yaml'), 200 * 1024 * 1024);
    });
    expect({ code, objects }).toEqual({ code: 3, objects: ['Pod good'] });
    expect(errors[0]?.message).toContain('maxFileBytes');
  });

  test('links that loop, dangle or lead out are not followed', () => {
    const { code, objects } = scanBeside((folder) => {
      mkdirSync(join(folder, 'sub'));
      symlinkSync('..', join(folder, 'sub/up'));
      symlinkSync('nowhere.yaml', join(folder, 'dangling.yaml'));
      symlinkSync('/etc/passwd', join(folder, 'out.yaml'));
    });
    expect(objects).toEqual(['Pod good']);
    expect([0, 1, 3]).toContain(code);
  });

  test.runIf(process.getuid?.() !== 0)('unreadable', () => {
    const { code, objects, errors } = scanBeside((folder) => {
      writeFileSync(join(folder, 'bad.yaml'), pod('bad'));
      chmodSync(join(folder, 'bad.yaml'), 0);
    });
    expect({ code, objects }).toEqual({ code: 3, objects: ['Pod good'] });
    expect(errors[0]?.code).toBe('INPUT_UNREADABLE');
  });

  test('more files than maxFiles', () => {
    const { code, errors } = scanBeside(
      (folder) => {
        for (let i = 0; i < 30; i++) writeFileSync(join(folder, `z${i}.yaml`), pod(`z${i}`));
      },
      '--limit',
      'maxFiles=20',
    );
    expect(code).toBe(3);
    expect(
      errors.some((error) => error.code === 'INPUT_TOO_MANY_FILES' && error.message.includes('maxFiles')),
    ).toBe(true);
  });
});

test('keys of prototypes are plain keys', () => {
  const text = `${pod('p')}__proto__: { polluted: true }\nconstructor: { prototype: { polluted: true } }\n`;
  const { code, objects } = withFolder({ 'p.yaml': text }, (folder) =>
    outcome(keelson(folder, ['scan', 'p.yaml', ...only])),
  );
  expect({ code, objects }).toEqual({ code: 1, objects: ['Pod p'] });
});

test('a check of the user that never ends is stopped by its cost, and the others are judged', () => {
  const list = '[1,2,3,4,5,6,7,8,9,10]';
  const nested = `${`${list}.all(a, `.repeat(1)}${list}.all(b, ${list}.all(c, ${list}.all(d, ${list}.all(e, ${list}.all(f, ${list}.all(g, ${list}.all(h, true))))))))`;
  const check = `id: endless\ntitle: t\nseverity: low\nscope: object\nexpression: ${JSON.stringify(nested)}\ntext: t\n`;
  withFolder({ 'good.yaml': pod('good'), 'own/endless.yaml': check }, (folder) => {
    const run = keelson(folder, [
      'scan',
      'good.yaml',
      '--checks',
      'own',
      '--only',
      'endless,privileged-container',
      '-f',
      'json',
    ]);
    const { code, objects, errors } = outcome(run);
    expect({ code, objects }).toEqual({ code: 3, objects: ['Pod good'] });
    expect(errors[0]?.message).toContain('check endless could not be evaluated');
  });
});

test('text from manifests cannot drive the terminal', () => {
  const escapeCharacter = String.fromCharCode(27);
  const text = pod('x').replace('name: c,', `name: "c\\e[31m\\u202Eevil",`);
  withFolder({ 'x.yaml': text }, (folder) => {
    const { out } = keelson(folder, ['scan', 'x.yaml', '--only', 'privileged-container']);
    expect(out).toContain('\\x1b[31m');
    expect(out).not.toContain(escapeCharacter);
    expect(out).not.toContain('\u202e');
  });
});

test('no verb hands a terminal what it would obey', () => {
  const evil = '\u001b[31m\u0007';
  const files = {
    'keelson.yaml': 'scan:\n  "a\\e[31m": 1\n  only: ["b\\e[31m"]\n  frameworks: ["c\\e[31m.yaml"]\n',
    'shop.yaml':
      'id: shop\ntitle: "t\\e[31m"\nversion: "v\\e[31m"\npublisher: "p\\e[31m"\nreference: "r\\e[31m"\ncontrols:\n' +
      '  - { id: A, title: "c\\e[31m", manual: "m\\e[31m" }\n',
    [`checks/${evil}.yaml`]: 'id: a\n',
    'pods/pod.yaml': pod('p'),
  };
  withFolder(files, (folder) => {
    for (const args of [
      [evil],
      ['checks', evil],
      ['checks', 'list', '--checks', 'checks'],
      ['checks', 'test', 'checks'],
      ['checks', 'export', '--as', 'vap', '--checks', 'checks'],
      ['checks', 'coverage', 'shop.yaml', '--checks', 'checks'],
      ['explain', evil],
      ['config', 'check'],
      ['completion', evil],
      ['scan', evil],
      ['scan', '.', `--${evil}`],
      ['scan', 'pods', '--config', 'shop.yaml'],
    ]) {
      const { out, err } = keelson(folder, args);
      expect(out + err, args.join(' ')).not.toMatch(/[\u0007\u001b]/);
    }
    writeFileSync(join(folder, 'keelson.yaml'), '{}\n');
    const { out } = keelson(folder, ['scan', 'pods', '--framework', 'shop.yaml']);
    expect(out).toContain('c\\x1b[31m');
    expect(out).not.toMatch(/\u001b/);
  });
});
