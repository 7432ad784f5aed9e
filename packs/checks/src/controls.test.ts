import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadCheckTexts } from './index.ts';

/** Ids of each framework that checks may name: a slip of the pen must not become a control that nobody has written. */
const known: Record<string, { source: string; ids: string[] }> = JSON.parse(
  readFileSync(new URL('../frameworks-known.json', import.meta.url), 'utf8'),
);
const texts = [...(await loadCheckTexts()).values()];

test.each(Object.entries(known))(
  '%s: every id that a check names is one of the framework',
  (framework, { ids }) => {
    const unknown = texts.flatMap(({ id, controls }) =>
      (controls[framework] ?? [])
        .filter((control) => !ids.includes(control))
        .map((control) => `${id}: ${control}`),
    );
    expect(unknown).toEqual([]);
  },
);

test('checks name no other framework, and no control twice', () => {
  for (const { id, controls } of texts) {
    for (const [framework, ids] of Object.entries(controls)) {
      expect(Object.keys(known), id).toContain(framework);
      expect(new Set(ids).size, `${id}: ${framework}`).toBe(ids.length);
    }
  }
});

const severities = ['critical', 'high', 'medium', 'low', 'info'];

test('a check covers only checks that exist and are no graver than itself', () => {
  for (const { id, severity, covers } of texts) {
    for (const pattern of covers) {
      const covered = texts.filter((other) =>
        pattern.endsWith('*') ? other.id.startsWith(pattern.slice(0, -1)) : other.id === pattern,
      );
      expect(covered.length, `${id} covers ${pattern}`).toBeGreaterThan(0);
      const graver = covered.filter(
        (other) => severities.indexOf(other.severity) < severities.indexOf(severity),
      );
      expect(
        graver.map((other) => other.id),
        `${id} covers ${pattern}`,
      ).toEqual([]);
    }
  }
});
