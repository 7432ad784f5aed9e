import { judge } from '@keelson/checks';
import { objectOf, SourceText } from '@keelson/core';
import { readManifestText } from '@keelson/manifests';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { workloadPrograms } from './index.ts';

function messagesOf(program: string, text: string): string[] {
  const run = workloadPrograms[program];
  if (run === undefined) throw new Error(`no program ${program}`);
  const { resources, errors } = readManifestText(new SourceText('a.yaml', text));
  expect(errors.map((error) => error.format())).toEqual([]);
  const params = objectOf([['syscalls', ['bpf', 'mount']]]);
  const check = {
    id: 'x',
    target: 'kubernetes',
    severity: 'low',
    controls: {},
    kinds: [],
    judge: { type: 'program', run, params },
  } as const;
  const { violations, notifications } = judge({ resources, dockerfiles: [] }, [check]);
  expect(notifications).toEqual([]);
  return violations.map(({ message }) => message);
}

const seccomp = (spec: string) =>
  `apiVersion: security-profiles-operator.x-k8s.io/v1beta1\nkind: SeccompProfile\nmetadata: { name: web, namespace: shop }\nspec: ${spec}\n`;
const map = (entry: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: profiles }\ndata:\n  web: |\n    ${entry}\n`;

describe('seccomp profiles', () => {
  test.each([
    ['{ defaultAction: SCMP_ACT_ALLOW }', 1],
    ['{ defaultAction: SCMP_ACT_LOG }', 1],
    ['{ defaultAction: SCMP_ACT_ERRNO }', 0],
    ['{}', 0],
    ['text', 0],
  ])('default of %s → %i', (spec, count) => {
    expect(messagesOf('workload-seccomp-permissive', seccomp(spec))).toHaveLength(count);
  });

  test.each([
    ['{ syscalls: [{ action: SCMP_ACT_ALLOW, names: [read, bpf] }] }', ['SeccompProfile "web" allows bpf']],
    ['{ syscalls: [{ action: SCMP_ACT_ERRNO, names: [bpf] }] }', []],
    ['{ syscalls: [{ action: SCMP_ACT_ALLOW, names: [bpf], includes: { caps: [CAP_BPF] } }] }', []],
    ['{ syscalls: [{ action: SCMP_ACT_ALLOW, names: [mount], args: [{ index: 0 }] }] }', []],
    ['{ syscalls: [text, { names: [bpf] }] }', []],
  ])('calls of %s', (spec, messages) => {
    expect(messagesOf('workload-seccomp-dangerous', seccomp(spec))).toEqual(messages);
  });

  test('profiles in ConfigMaps', () => {
    expect(
      messagesOf('workload-seccomp-permissive', map('{ "defaultAction": "SCMP_ACT_ALLOW" }')),
    ).toHaveLength(1);
    expect(messagesOf('workload-seccomp-permissive', map('{ "defaultAction": "SCMP_ACT_ALLOW"'))).toEqual([]);
    expect(messagesOf('workload-seccomp-permissive', map('not JSON with "defaultAction"'))).toEqual([]);
  });

  test('a profile that nothing makes, when the operator makes others', () => {
    const pod = (profile: string) =>
      `apiVersion: v1\nkind: Pod\nmetadata: { name: p, namespace: shop }\nspec:\n  securityContext: { seccompProfile: { type: Localhost, localhostProfile: ${profile} } }\n  containers: [{ name: a }]\n`;
    const both = (profile: string) => `${seccomp('{}')}---\n${pod(profile)}`;
    expect(messagesOf('workload-seccomp-unknown', both('operator/shop/web.json'))).toEqual([]);
    expect(messagesOf('workload-seccomp-unknown', both('operator/shop/other.json'))).toHaveLength(1);
    expect(messagesOf('workload-seccomp-unknown', both('profiles/own.json'))).toEqual([]);
    expect(messagesOf('workload-seccomp-unknown', pod('operator/shop/other.json'))).toEqual([]);
  });
});

describe('AppArmor profiles', () => {
  test.each([
    ['profile web flags=(attach_disconnected,complain) {\n    }', 1],
    ['profile web {\n      capability,\n      mount,\n    }', 2],
    ['profile web {\n      capability net_bind_service,\n      mount options=(ro) /a -> /b,\n    }', 0],
    ['profile web {\n      /** rw,\n    }', 1],
    ['profile web {\n      deny /** w,\n    }', 0],
    ['text about a profile', 0],
  ])('%j → %i', (text, count) => {
    expect(messagesOf('workload-apparmor-loose', map(text))).toHaveLength(count);
  });
});

test('any profile text is judged', () => {
  const line = fc.constantFrom(
    'profile a {',
    'capability,',
    'flags=(',
    '/**',
    ' w,',
    '(',
    '{',
    '"defaultAction"',
    '\t',
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
      const object = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\ndata: { a: ${JSON.stringify(lines.join('\n'))} }\n`;
      messagesOf('workload-apparmor-loose', object);
      messagesOf('workload-seccomp-permissive', object);
    }),
    { seed: 11, numRuns: 200 },
  );
});
