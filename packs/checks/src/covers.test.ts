import { expect, test } from 'vitest';
import { loadCheckTexts } from './index.ts';

const texts = [...(await loadCheckTexts()).values()];
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

test('what a check leaves out is told by checks that exist, other than itself', () => {
  const known = new Set(texts.map(({ id }) => id));
  const wrong = texts.flatMap(({ id, toldBy = [] }) =>
    toldBy.filter((other) => other === id || !known.has(other)).map((other) => `${id} toldBy ${other}`),
  );
  expect(wrong).toEqual([]);
});
