import { expect, test } from 'vitest';
import type { Inspection } from './inspection.ts';
import { inspectionText } from './inspection-text.ts';

test('of what strangers wrote, a line has so much, and an image so many', () => {
  const digest = `sha256:${'a'.repeat(64)}` as const;
  const annotations = Object.fromEntries(
    Array.from({ length: 10_000 }, (_, at) => [`name${at}`, 'x'.repeat(at === 0 ? 1_000_000 : 1)]),
  );
  const inspection: Inspection = {
    digest,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    signatures: [
      {
        kind: 'signature',
        manifest: digest,
        form: 'bundle',
        annotations,
        subjects: ['y'.repeat(1_000_000)],
        logEntries: [],
        timestamps: 0,
        verified: { state: 'not-verified', reason: 'z'.repeat(1_000_000) },
      },
    ],
    unreadable: [],
    referrers: [],
  };
  const text = inspectionText('image', inspection);
  expect(text.length).toBeLessThan(10_000);
  expect(text).toContain('and 9950 more annotations');
});
