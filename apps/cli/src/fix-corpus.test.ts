import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseYaml } from '@keelson/yaml';
import { expect, test } from 'vitest';
import { keelson } from './testing/run.ts';

// What a fix promises, held on what projects really ship to operators (the manifests corpus, where it is present).
const corpora =
  process.env['KEELSON_CORPORA'] ?? fileURLToPath(new URL('../../../../shared/corpora', import.meta.url));
const real = join(corpora, 'manifests/real');

interface Report {
  findings: { rule: string; subject: string; fixes?: { optIn?: boolean; edits?: unknown[] }[] }[];
}

/** Findings that can be mended: all, or those that are mended unasked. */
function mendable(folder: string, unasked: boolean): Report['findings'] {
  return scan(folder).findings.filter(
    ({ fixes }) => (fixes?.[0]?.edits?.length ?? 0) > 0 && !(unasked && fixes?.[0]?.optIn === true),
  );
}

function scan(folder: string): Report {
  return JSON.parse(keelson(folder, ['scan', '.', '-f', 'json', '--fail-on', 'none']).out);
}

function textsOf(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  return new Map(files.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

function commentsOf(text: string): string[] {
  return parseYaml(text).documents.flatMap((document) => document.comments().map((comment) => comment.text));
}

test.runIf(existsSync(real))(
  'fixing real manifests keeps comments, reads again, mends what it says, and is done at once',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'keelson-fix-'));
    try {
      cpSync(real, folder, { recursive: true });
      const before = textsOf(folder);
      const all = mendable(folder, false);
      expect(all.length).toBeGreaterThan(100);

      keelson(folder, ['scan', '.', '--fix', '-q']);
      const mended = textsOf(folder);
      const changed = [...mended].filter(([name, text]) => before.has(name) && before.get(name) !== text);
      expect(changed.length).toBeGreaterThan(50);
      for (const [name, text] of changed) {
        const old = before.get(name) ?? '';
        expect(parseYaml(text).errors.length, `${name} reads as well as before`).toBe(
          parseYaml(old).errors.length,
        );
        expect(commentsOf(text), `comments of ${name}`).toEqual(commentsOf(old));
      }

      const names = (list: Report['findings']) => list.map(({ rule, subject }) => `${rule} ${subject}`);
      expect(names(mendable(folder, true))).toEqual([]);

      keelson(folder, ['scan', '.', '--fix', '-q']);
      expect(textsOf(folder)).toEqual(mended);

      const rules = new Set(mendable(folder, false).map(({ rule }) => rule));
      keelson(folder, ['scan', '.', `--fix=${[...rules].join(',')}`, '-q']);
      expect(names(mendable(folder, false)).filter((name) => rules.has(name.split(' ')[0] ?? ''))).toEqual(
        [],
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  // Four scans of 900 files, on machines that do other things too.
  180_000,
);
