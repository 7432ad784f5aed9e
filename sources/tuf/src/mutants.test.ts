import fc from 'fast-check';
import { expect, test } from 'vitest';
import { World } from './testing/world.ts';

test('whatever byte of whatever file is changed, nothing else is trusted than what was published', async () => {
  const origin = new World();
  const { repository } = origin;
  repository.delegate('targets', { name: 'team', paths: ['team/*'] });
  repository.addTarget('team', 'team/x', 'content');
  repository.publish('team', 'targets', 'snapshot', 'timestamp', 'root');
  const published = new Map(repository.files);
  const names = ['2.root.json', 'timestamp.json', '2.snapshot.json', '2.targets.json', '1.team.json'];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...names),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      async (name, place, mask) => {
        const bytes = Uint8Array.from(published.get(name) ?? []);
        const at = place % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ mask;
        const files = new Map(published).set(name, bytes);
        const world = new World();
        const fetch = async (url: string) => files.get(url.replace('https://tuf.example/', ''));
        const result = await world.download('team/x', { root: origin.root, fetch });
        if (result !== 'content') expect(result).toMatch(/^TUF_[A-Z_]+$/);
        else expect(await world.trusted()).toBe('root 2, snapshot 2, targets 2, team 1, timestamp 2');
      },
    ),
    { seed: 6, numRuns: 400 },
  );
});
