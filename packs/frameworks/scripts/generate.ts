// Reads the framework files and writes generated/: an index of names, and each framework as a module of its own.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readFrameworks } from '@keelson/compliance';

const pack = fileURLToPath(new URL('..', import.meta.url));
const out = join(pack, 'generated');

const files = readdirSync(join(pack, 'frameworks'))
  .filter((name) => name.endsWith('.yaml'))
  .sort()
  .map((name) => ({
    file: `frameworks/${name}`,
    text: readFileSync(join(pack, 'frameworks', name), 'utf8'),
  }));
const { frameworks, problems } = readFrameworks(files);
for (const problem of problems) console.error(problem.format());
if (problems.length > 0) process.exit(1);

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
for (const framework of frameworks) {
  const text = JSON.stringify(JSON.stringify(framework));
  writeFileSync(join(out, `${framework.id}.js`), `export const framework = JSON.parse(${text});\n`);
}
const entries = [...frameworks]
  .sort((a, b) => (a.id < b.id ? -1 : 1))
  .map(({ id, title, version, aliases, profiles }) => ({
    id,
    title,
    version,
    aliases,
    profiles: profiles.map((profile) => profile.id),
  }));
const loads = entries.map(
  ({ id }) => `  ${JSON.stringify(id)}: () => import(${JSON.stringify(`./${id}.js`)}),\n`,
);
writeFileSync(
  join(out, 'index.js'),
  `export const entries = ${JSON.stringify(entries)};\nexport const loads = {\n${loads.join('')}};\n`,
);
writeFileSync(
  join(out, 'index.d.ts'),
  `import type { Framework } from '@keelson/compliance';
import type { FrameworkEntry } from '../src/index.ts';
export declare const entries: readonly FrameworkEntry[];
export declare const loads: Readonly<Record<string, () => Promise<{ framework: Framework }>>>;
`,
);
