import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const corpora =
  process.env['KEELSON_CORPORA'] ?? fileURLToPath(new URL('../../../../../shared/corpora', import.meta.url));

/** The text of a published schema; undefined where the corpus is absent. */
export function schemaText(path: string): string | undefined {
  try {
    return readFileSync(`${corpora}/report-schemas/${path}`, 'utf8');
  } catch {
    return undefined;
  }
}
