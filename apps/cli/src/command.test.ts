import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { keelson, withFolder } from './testing/run.ts';
import { version } from './version.ts';

const privileged = `apiVersion: v1
kind: Pod
metadata:
  name: shell
spec:
  containers:
    - name: shell # the shell
      image: example.com/shell:1.0
      securityContext:
        privileged: true
`;
const fine =
  'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings, namespace: shop }\ndata: { colour: blue }\n';
const only = ['--only', 'privileged-container'];

test('--version is the version of the packages', () => {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(version).toBe(manifest.version);
  expect(keelson('.', ['--version'])).toEqual({ code: 0, out: `keelson ${version}\n`, err: '' });
});

describe('exit codes', () => {
  test.each([
    ['findings at the threshold', ['scan', 'bad.yaml', ...only], 1],
    ['a threshold above', ['scan', 'bad.yaml', ...only, '--fail-on', 'none'], 0],
    ['nothing found', ['scan', 'fine.yaml', ...only], 0],
    ['no path', ['scan'], 2],
    ['a missing path', ['scan', 'nowhere.yaml'], 2],
    ['an unknown flag', ['scan', '.', '--nope'], 2],
    ['an unknown verb', ['scam'], 2],
    ['an unknown check', ['scan', '.', '--only', 'no-such-check'], 2],
    ['a severity that is none', ['scan', '.', '--fail-on', 'awful'], 2],
    ['a missing baseline', ['scan', 'fine.yaml', '--baseline', 'none.json'], 2],
    ['a baseline that cannot be written', ['scan', 'fine.yaml', '--write-baseline', 'no/such/place'], 2],
    ['a configuration that is a folder', ['scan', 'fine.yaml', '--config', '.'], 2],
    ['checks that are a broken link', ['scan', 'fine.yaml', '--checks', 'nowhere'], 2],
    ['unreadable input among good', ['scan', '.', ...only], 3],
    ['a broken check of the user', ['scan', 'fine.yaml', '--checks', 'checks'], 3],
  ])('%s: %j gives %i', (_, args, code) => {
    const files = {
      'bad.yaml': privileged,
      'fine.yaml': fine,
      'broken.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: [\n',
      'checks/broken.yaml': 'id: x\ntitle: t\nseverity: low\nscope: object\nexpression: "1 +"\ntext: t\n',
    };
    withFolder(files, (folder) => expect(keelson(folder, args).code).toBe(code));
  });
});

test('a broken document is named with file, line and reason, and the others are judged', () => {
  const text = `${privileged}---\nkind: [\n---\n${privileged.replaceAll('shell', 'other')}`;
  withFolder({ 'a.yaml': text }, (folder) => {
    const { code, out } = keelson(folder, ['scan', 'a.yaml', ...only, '-f', 'json']);
    const report = JSON.parse(out);
    expect(code).toBe(3);
    expect(report.findings.map((finding: { object: string }) => finding.object)).toEqual([
      'Pod other',
      'Pod shell',
    ]);
    expect(report.notifications[0].location).toMatchObject({ file: 'a.yaml', line: 13 });
  });
});

test('--only takes the place of scan.only of keelson.yaml, and --skip is added to scan.skip', () => {
  const pod = privileged.replace('spec:', 'spec:\n  hostNetwork: true\n  hostPID: true');
  const files = {
    'a.yaml': pod,
    'keelson.yaml': 'scan: { only: [host-network, host-pid], skip: [host-network] }\n',
  };
  withFolder(files, (folder) => {
    const rules = (...flags: string[]) => {
      const { findings } = JSON.parse(keelson(folder, ['scan', 'a.yaml', '-f', 'json', ...flags]).out);
      return findings.map(({ rule }: { rule: string }) => rule);
    };
    expect(rules()).toEqual(['host-pid']);
    expect(rules('--only', 'privileged-container')).toEqual(['privileged-container']);
    expect(rules('--skip', 'host-pid')).toEqual([]);
  });
});

test('--fix writes what came on stdin to stdout, mended or as it was', () => {
  const fix = (text: string) => keelson('.', ['scan', '-', '--fix=privileged-container', ...only], text).out;
  const mended = fix(privileged);
  expect(mended).not.toContain('privileged: true');
  expect(mended).toContain('name: shell');
  expect(fix(mended)).toBe(mended);
  const diff = keelson('.', ['scan', '-', '--fix=privileged-container', '--diff', ...only], privileged).out;
  expect(diff).toContain('--- a/-');
});

test('a file that two paths lead to is counted once', () => {
  withFolder({ 'sub/a.yaml': privileged }, (folder) => {
    const paths = ['.', 'sub', join(folder, 'sub/a.yaml')];
    const { out } = keelson(folder, ['scan', ...paths, ...only, '-f', 'json']);
    expect(JSON.parse(out).findings).toHaveLength(1);
  });
});

test('stdin is read for -', () => {
  const { code, out } = keelson('.', ['scan', '-', ...only], privileged);
  expect(code).toBe(1);
  expect(out).toContain('--> -:10:9');
});

describe('--fix', () => {
  test('mends in place, keeps comments, and a second run changes nothing', () => {
    withFolder({ 'pod.yaml': privileged }, (folder) => {
      const first = keelson(folder, ['scan', 'pod.yaml', '--fix=privileged-container', ...only]);
      const mended = readFileSync(join(folder, 'pod.yaml'), 'utf8');
      expect(mended).toBe(privileged.replace('privileged: true', 'privileged: false'));
      expect(first.code).toBe(0);
      keelson(folder, ['scan', 'pod.yaml', '--fix=privileged-container', ...only]);
      expect(readFileSync(join(folder, 'pod.yaml'), 'utf8')).toBe(mended);
      expect(keelson(folder, ['scan', 'pod.yaml', ...only]).code).toBe(0);
    });
  });

  test('--diff shows and writes nothing', () => {
    withFolder({ 'pod.yaml': privileged }, (folder) => {
      const { out } = keelson(folder, ['scan', 'pod.yaml', '--fix=privileged-container', '--diff', ...only]);
      expect(out).toContain('-        privileged: true\n+        privileged: false\n');
      expect(readFileSync(join(folder, 'pod.yaml'), 'utf8')).toBe(privileged);
    });
  });

  test('never writes through a link or outside the paths given', () => {
    withFolder({ 'out/pod.yaml': privileged }, (folder) => {
      mkdirSync(join(folder, 'in'));
      symlinkSync('../out/pod.yaml', join(folder, 'in/pod.yaml'));
      keelson(folder, ['scan', 'in', '--fix=privileged-container', ...only]);
      const direct = keelson(folder, ['scan', 'in/pod.yaml', '--fix=privileged-container', ...only]);
      expect(direct.code).toBe(3);
      expect(direct.err).toContain('it is a link [FIX_REFUSED]');
      expect(readFileSync(join(folder, 'out/pod.yaml'), 'utf8')).toBe(privileged);
    });
  });

  test('what may break a workload is mended only when its check is named', () => {
    withFolder({ 'pod.yaml': privileged }, (folder) => {
      const { err } = keelson(folder, ['scan', 'pod.yaml', '--fix', ...only]);
      expect(err).toContain('Mended 0 findings');
      expect(readFileSync(join(folder, 'pod.yaml'), 'utf8')).toBe(privileged);
    });
  });

  test.each([
    [['--fix=nope'], 'there is no check "nope"'],
    [['--fix', '-f', 'json'], '--format does not go with --fix'],
    [['--fixx'], 'unknown option --fixx (did you mean "fix"?)'],
    [['--only', 'privleged-container'], '(did you mean "privileged-container"?)'],
  ])('%j is a wrong call', (args, message) => {
    withFolder({ 'pod.yaml': privileged }, (folder) => {
      const { code, err } = keelson(folder, ['scan', 'pod.yaml', ...args]);
      expect(code).toBe(2);
      expect(err).toContain(message);
    });
  });

  test('names what could not be read, and hides secrets in diffs', () => {
    const secret = `${privileged}---\napiVersion: v1\nkind: Secret\nmetadata: { name: s }\nstringData:\n  password: hunter2hunter2\n`;
    withFolder({ 'pod.yaml': secret, 'bad.yaml': 'apiVersion: v1\nkind: [\n' }, (folder) => {
      const { code, out, err } = keelson(folder, ['scan', '.', '--diff', '--fix=privileged-container']);
      expect(code).toBe(3);
      expect(err).toContain('keelson: bad.yaml:');
      expect(out).not.toContain('hunter2');
    });
  });
});

describe('exceptions', () => {
  const ignored = privileged.replace(
    '        privileged',
    '        # keelson:ignore privileged-container needed by the debugger\n        privileged',
  );

  test('a comment with a reason suppresses', () => {
    withFolder({ 'pod.yaml': ignored }, (folder) => {
      const { code, out } = keelson(folder, ['scan', 'pod.yaml', ...only]);
      expect(code).toBe(0);
      expect(out).toContain('Exceptions: 1 loaded, 1 matched, 0 unused, 0 expired; 1 finding suppressed.');
    });
  });

  test('a comment without a reason does not', () => {
    withFolder({ 'pod.yaml': ignored.replace(' needed by the debugger', '') }, (folder) => {
      const { code, out } = keelson(folder, ['scan', 'pod.yaml', ...only]);
      expect(code).toBe(1);
      expect(out).toContain('exception-without-reason');
    });
  });

  test('annotations, of keelson and of peers, suppress', () => {
    for (const annotation of [
      'ignore.keelson.dev/privileged-container: on purpose',
      'checkov.io/skip1: CKV_K8S_16=on purpose',
    ]) {
      const text = privileged.replace('  name: shell', `  name: shell\n  annotations:\n    ${annotation}`);
      withFolder({ 'pod.yaml': text }, (folder) =>
        expect(keelson(folder, ['scan', 'pod.yaml', ...only]).code).toBe(0),
      );
    }
  });

  test('keelson.yaml: matched, unused and expired are told apart', () => {
    const configuration = `exceptions:
  - { rule: privileged-container, objects: [Pod/shell], reason: known, owner: team-a, expires: 2999-01-01 }
  - { rule: privileged-container, objects: [Pod/gone], reason: known, owner: team-a }
  - { rule: privileged-container, reason: known, owner: team-a, expires: 2020-01-01 }
`;
    withFolder({ 'pod.yaml': privileged, 'keelson.yaml': configuration }, (folder) => {
      const { out } = keelson(folder, ['scan', 'pod.yaml', ...only]);
      expect(out).toContain('Exceptions: 3 loaded, 1 matched, 1 unused, 1 expired; 1 finding suppressed.');
      expect(out).toContain('exception-unused');
      expect(out).toContain('exception-expired');
    });
  });

  test('an exception for a check that there is not says so', () => {
    const configuration = 'exceptions: [{ rule: privleged-container, reason: known, owner: team-a }]\n';
    withFolder({ 'pod.yaml': privileged, 'keelson.yaml': configuration }, (folder) => {
      expect(keelson(folder, ['scan', 'pod.yaml', ...only]).out).toContain('names no check that there is');
    });
  });

  test('a wrong configuration names file, line and field', () => {
    withFolder(
      { 'pod.yaml': privileged, 'keelson.yaml': 'exceptions:\n  - rule: x\n    reason: known\n' },
      (folder) => {
        const { code, err } = keelson(folder, ['scan', 'pod.yaml']);
        expect(code).toBe(2);
        expect(err).toContain('keelson.yaml:2:5: an exception needs an owner [EXCEPTION_INVALID]');
      },
    );
  });
});

test('a baseline lets the known pass and fails on what is new, wherever the lines moved', () => {
  withFolder({ 'pod.yaml': privileged }, (folder) => {
    keelson(folder, ['scan', 'pod.yaml', ...only, '--write-baseline', 'known.json']);
    writeFileSync(join(folder, 'pod.yaml'), `# moved\n\n${privileged}`);
    expect(keelson(folder, ['scan', 'pod.yaml', ...only, '--baseline', 'known.json']).code).toBe(0);
    writeFileSync(join(folder, 'pod.yaml'), `${privileged}---\n${privileged.replaceAll('shell', 'new')}`);
    const { code, out } = keelson(folder, ['scan', 'pod.yaml', ...only, '--baseline', 'known.json']);
    expect(code).toBe(1);
    expect(out).toContain('1 finding: 1 critical.');
  });
});

test('several outputs at once: the terminal on stdout, SARIF with fixes in a file', () => {
  withFolder({ 'pod.yaml': privileged }, (folder) => {
    const { out } = keelson(folder, [
      'scan',
      'pod.yaml',
      ...only,
      '-f',
      'terminal',
      '-f',
      'sarif',
      '-o',
      'out.sarif',
    ]);
    expect(out).toContain('critical[privileged-container]');
    const log = JSON.parse(readFileSync(join(folder, 'out.sarif'), 'utf8'));
    const [result] = log.runs[0].results;
    const [replacement] = result.fixes[0].artifactChanges[0].replacements;
    const { charOffset, charLength } = replacement.deletedRegion;
    const mended =
      privileged.slice(0, charOffset) +
      replacement.insertedContent.text +
      privileged.slice(charOffset + charLength);
    expect(mended).toContain('privileged: false');
  });
});

test('canary secrets planted in inputs appear in no output', () => {
  const canary = 'cAnary-7f31d0e2b9';
  const encoded = Buffer.from(canary).toString('base64');
  const files = {
    'secret.yaml': `apiVersion: v1\nkind: Secret\nmetadata: { name: a }\ndata:\n  key: ${encoded}\nstringData:\n  other: ${canary}-2\n`,
    'pod.yaml': `${privileged}      env:\n        - name: DB_PASSWORD\n          value: ${canary}-3\n      args: ["--api-key=${canary}-4", "--token", "${canary}-5"]\n`,
    'map.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: m }\ndata:\n  password: ${canary}-6\n  app.properties: |\n    db.password=${canary}-7\n    url=postgres://shop:${canary}-8@db/x\n`,
    Dockerfile: `FROM alpine:3.20\nENV API_TOKEN=${canary}-9\nARG DB_PASSWORD=${canary}-10\nRUN curl -H "Authorization: Bearer x" --password ${canary}-11 https://example.com | sh\n`,
  };
  withFolder(files, (folder) => {
    for (const format of ['terminal', 'json', 'sarif']) {
      const { out, err } = keelson(folder, ['scan', '.', '-f', format, '--show', 'info']);
      expect(out.length).toBeGreaterThan(500);
      expect(out + err).not.toContain(canary);
      expect(out + err).not.toContain(encoded);
    }
  });
});

test('nothing on stdin, or nothing to judge, is not taken for all being well', () => {
  const empty = keelson('.', ['scan', '-'], '');
  expect(empty.code).toBe(3);
  expect(empty.out).toContain('nothing came on stdin');
  withFolder({ 'notes.txt': 'x' }, (folder) =>
    expect(keelson(folder, ['scan', '.']).out).toContain('Nothing was judged'),
  );
});

test('names, places and rules are never redacted', () => {
  const text = `${privileged.replaceAll('shell', 'demo')}---\napiVersion: v1\nkind: Secret\nmetadata: { name: demo }\nstringData: { password: demo, other: privileged-container-1 }\n`;
  withFolder({ 'demo/demo.yaml': text }, (folder) => {
    const { out } = keelson(folder, ['scan', 'demo', ...only, '-f', 'sarif']);
    const [result] = JSON.parse(out).runs[0].results;
    expect(result.locations[0].physicalLocation.artifactLocation.uri).toBe('demo/demo.yaml');
    expect(result.message.text).toContain('"demo"');
  });
});

test('--fix of a kustomization that is named as a file writes its overlay too, or neither', () => {
  const files = {
    'base/kustomization.yaml': 'resources: [pod.yaml]\n',
    'base/pod.yaml':
      'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { containers: [{ name: c, image: "example.com/c:1" }] }\n',
    'top/kustomization.yaml': 'namePrefix: x-\nresources: [../base]\n',
  };
  withFolder(files, (folder) => {
    const args = ['scan', 'top/kustomization.yaml', '--fix=allow-privilege-escalation'];
    keelson(folder, args);
    const text = readFileSync(join(folder, 'top/kustomization.yaml'), 'utf8');
    expect(existsSync(join(folder, 'top/keelson-fixes.yaml'))).toBe(text.includes('keelson-fixes.yaml'));
    expect(keelson(folder, ['scan', 'top', '--only', 'allow-privilege-escalation', '-f', 'json']).code).toBe(
      0,
    );
  });
});

describe('an --output is for the --format before it', () => {
  const pod = 'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { containers: [] }\n';
  test.each<[string, string[], Record<string, string>, string]>([
    [
      'in turn',
      ['-f', 'json', '-o', 'a', '-f', 'csv', '-f', 'sarif', '-o', 'b'],
      { a: '{"schema"', b: '{"$schema"' },
      'kind,',
    ],
    ['the first to stdout', ['-f', 'csv', '-f', 'json', '-o', 'a'], { a: '{"schema"' }, 'kind,'],
    ['before the format', ['-o', 'a', '-f', 'json'], { a: '{"schema"' }, ''],
    ['without a format', ['-o', 'a'], { a: '' }, ''],
  ])('%s', (_, args, files, out) => {
    withFolder({ 'pod.yaml': pod }, (folder) => {
      const run = keelson(folder, ['scan', 'pod.yaml', '--fail-on', 'none', ...args]);
      expect([run.code, run.err]).toEqual([0, '']);
      expect(run.out.startsWith(out) && (run.out === '') === (out === '')).toBe(true);
      for (const [name, start] of Object.entries(files))
        expect(readFileSync(join(folder, name), 'utf8').startsWith(start)).toBe(true);
    });
  });

  test.each([
    [['-f', 'json', '-o', 'a', '-o', 'b']],
    [['-o', 'a', '-o', 'b']],
    [['-f', 'json', '-f', 'csv']],
    [['-f', 'json', '-o', 'a', '-f', 'csv', '-o', './a']],
  ])('%j is a wrong call', (args) => {
    withFolder({ 'pod.yaml': pod }, (folder) => {
      expect(keelson(folder, ['scan', 'pod.yaml', ...args]).code).toBe(2);
    });
  });
});

test.each<[string, Record<string, string>, string[], number]>([
  ['an empty folder', { 'readme.txt': 'x' }, [], 0],
  ['an empty folder, strictly', { 'readme.txt': 'x' }, ['--strict'], 3],
  [
    'all judged, strictly',
    { 'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n' },
    ['--strict'],
    0,
  ],
  [
    'a remote base, strictly',
    { 'kustomization.yaml': 'resources: ["https://example.com/base?ref=v1"]\n' },
    ['--strict'],
    3,
  ],
])('%s exits as asked', (_, files, args, code) => {
  withFolder(files, (folder) => {
    expect(keelson(folder, ['scan', '.', '--fail-on', 'none', ...args]).code).toBe(code);
  });
});
