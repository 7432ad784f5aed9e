import { SourceText } from '@keelson/core';
import { SensitiveKey } from '@keelson/evidence';
import { resourcesOf } from '@keelson/kubernetes';
import { parseYaml } from '@keelson/yaml';
import { expect, test } from 'vitest';
import { redactor } from './redact.ts';

const text = `apiVersion: v1
kind: Pod
metadata: { name: a }
spec:
  containers:
    - name: a
      image: joe:RegistryPw@registry.example/a:1.0
      command: [sh, -c]
      args:
        - curl
        - -u
        - admin:letters
        - -H
        - "X: y"
      livenessProbe:
        httpGet:
          port: 80
          httpHeaders:
            - name: Authorization
              value: "Bearer onlyletters"
            - name: Proxy-Authorization
              value: plainletters
`;

test('every line of a manifest is shown without the credentials of its commands, headers and images', () => {
  const [document] = parseYaml(new SourceText('a.yaml', text)).documents;
  const locate = (path: readonly (string | number)[]) => ({
    file: 'a.yaml',
    path: [...path],
    missing: false,
  });
  const { resources } = resourcesOf(document?.value ?? null, { file: 'a.yaml', locate });
  const redact = redactor(resources, new SensitiveKey());
  const shown = text.split('\n').map(redact.source);
  expect(shown.join('\n')).not.toMatch(/RegistryPw|letters/);
  expect(shown.filter((line) => line.includes('[redacted '))).toHaveLength(4);
  expect(redact.message('container "a" uses image joe:RegistryPw@registry.example/a:1.0')).not.toContain(
    'RegistryPw',
  );
});
