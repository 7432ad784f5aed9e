import { expect, test } from 'vitest';
import { keelson, withFolder } from './testing/run.ts';

const pod = (comment: string) => `apiVersion: v1
kind: Pod
metadata: { name: shell }
spec:
  containers:
    - name: shell
      image: example.com/shell:1.0
      securityContext:
        ${comment}
        privileged: true
`;
const only = ['--only', 'privileged-container'];
const spellings = ['AVD-KSV-0017', 'KSV-0017', 'KSV017'];

test.each(spellings)("another tool's ignore of %s suppresses", (id) => {
  withFolder({ 'pod.yaml': pod(`# trivy:ignore:${id}`) }, (folder) => {
    const { code, out } = keelson(folder, ['scan', 'pod.yaml', ...only]);
    expect(out).toContain('Exceptions: 1 loaded, 1 matched, 0 unused, 0 expired; 1 finding suppressed.');
    expect(code).toBe(0);
  });
});

test.each(['AVD-DS-0002', 'DS-0002', 'DS002'])('an exception in a Dockerfile for %s suppresses', (id) => {
  const files = { Dockerfile: `FROM example.com/base:1.0\n# trivy:ignore:${id}\nUSER root\n` };
  withFolder(files, (folder) => {
    const { out } = keelson(folder, ['scan', 'Dockerfile', '--only', 'dockerfile-last-user-root']);
    expect(out).toContain('Exceptions: 1 loaded, 1 matched, 0 unused, 0 expired; 1 finding suppressed.');
  });
});

test.each(spellings)('an exception of keelson.yaml may name %s', (id) => {
  const files = {
    'pod.yaml': pod('# none'),
    'keelson.yaml': `exceptions: [{ rule: ${id}, reason: known, owner: team-a }]\n`,
  };
  withFolder(files, (folder) => {
    expect(keelson(folder, ['scan', 'pod.yaml', ...only]).code).toBe(0);
    expect(keelson(folder, ['config', 'check']).code).toBe(0);
  });
});

test.each(['trivy:ignore:KSV999', 'trivy:ignore:KSV-0014'])(
  '%s matches nothing and is told as unused',
  (comment) => {
    withFolder({ 'pod.yaml': pod(`# ${comment}`) }, (folder) => {
      const { code, out } = keelson(folder, ['scan', 'pod.yaml', ...only]);
      expect(code).toBe(1);
      expect(out).toContain('Exceptions: 1 loaded, 0 matched, 1 unused, 0 expired; 0 findings suppressed.');
    });
  },
);

test.each([
  ...spellings.map((id) => [id, 'privileged-container']),
  ...['AVD-DS-0002', 'DS002', 'ds-0002'].map((id) => [id, 'dockerfile-last-user-root']),
])('explain %s tells of %s', (id, check) => {
  const { code, out } = keelson('.', ['explain', id]);
  expect(code).toBe(0);
  expect(out).toContain(check);
});
