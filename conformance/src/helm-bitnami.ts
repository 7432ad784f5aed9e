import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { judge } from '@keelson/checks';
import { loadInput } from '@keelson/manifests';
import { loadChecks } from '@keelson/pack-checks';
import { type Suite, Tally } from './suite.ts';

/**
 * The rendered charts as large, realistic input: every file is read and judged without an error. Comparing our own
 * renders with them belongs to a renderer of our own.
 */
export const suite: Suite = {
  name: 'helm-bitnami',
  async run(dir) {
    const tally = new Tally();
    const checks = await loadChecks();
    let documents = 0;
    let findings = 0;
    const files = readdirSync(join(dir, 'rendered')).filter((name) => name.endsWith('.yaml'));
    for (const name of files.sort()) {
      const loaded = await loadInput([join(dir, 'rendered', name)]);
      const judgement = judge(loaded, checks);
      documents += loaded.documents;
      findings += judgement.violations.length;
      const errors = [
        ...loaded.errors.map((error) => error.format()),
        ...judgement.notifications.map(({ message }) => message),
      ];
      if (loaded.resources.length === 0) errors.push('no object was read');
      if (errors.length === 0) tally.pass();
      else tally.fail(name, errors.slice(0, 3).join('; '));
    }
    tally.notes.push(`${files.length} files, ${documents} documents, ${findings} findings`);
    return tally;
  },
};
