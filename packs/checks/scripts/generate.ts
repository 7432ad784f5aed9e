// Compiles the checks' YAML into generated/: functions, texts and examples apart, each loaded only when needed.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateChecks, loadDefinitions } from '@keelson/checks';
import { groupNames, groupsOf } from '../src/groups.ts';

const pack = fileURLToPath(new URL('..', import.meta.url));
const out = join(pack, 'generated');

const cel = '@keelson/cel';
const specifiers = { cel, programs: '../dist/programs/index.js' };
const networkSpecifiers = { cel, programs: '../dist/programs/network/index.js' };

const files = ['kubernetes', 'dockerfile'].flatMap((folder) =>
  readdirSync(join(pack, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => ({ file: `${folder}/${name}`, text: readFileSync(join(pack, folder, name), 'utf8') })),
);
const { definitions: read, problems } = loadDefinitions(files);
const keepGoing = process.argv.includes('--keep-going');
const definitions = keepGoing ? read.filter(compiles) : read;
for (const problem of problems) console.error(problem.format());
// While several people write checks, one broken file need not stop the others.
if (problems.length > 0 && !keepGoing) process.exit(1);

mkdirSync(out, { recursive: true });
// A start loads only the groups that its input asks for.
for (const name of groupNames) {
  const members = definitions.filter((definition) => groupsOf(definition).includes(name));
  const own = name === 'network' ? networkSpecifiers : specifiers;
  writeFileSync(join(out, `${name}.js`), generateChecks(members, own));
  writeFileSync(
    join(out, `${name}.d.ts`),
    "import type { Check } from '@keelson/checks';\nexport declare const checks: readonly Check[];\n",
  );
}
const ids = definitions.map(({ id }) => id);
const ofObjects = definitions.filter((definition) => groupsOf(definition).includes('object'));
const objectKinds = [...new Set(ofObjects.flatMap(({ kinds }) => kinds))].map((kind) =>
  kind.slice(kind.lastIndexOf('/') + 1),
);
writeFileSync(
  join(out, 'index.js'),
  `export const ids = ${JSON.stringify(ids)};\nexport const objectKinds = ${JSON.stringify(objectKinds)};\n`,
);
writeFileSync(
  join(out, 'index.d.ts'),
  'export declare const ids: readonly string[];\nexport declare const objectKinds: readonly string[];\n',
);
const texts = definitions.map(
  ({
    id,
    title,
    severity,
    target,
    why,
    remediation,
    category,
    controls,
    aliases,
    references,
    covers,
    toldBy,
  }) => ({
    id,
    title,
    severity,
    target,
    category,
    why,
    remediation,
    controls,
    aliases,
    references,
    covers,
    ...(toldBy.length === 0 ? {} : { toldBy }),
  }),
);
writeEach('texts', texts);
writeEach('definitions', definitions);
/** One JSON text for each check: a reader parses those that it asks for. */
function writeEach(name: string, values: readonly { id: string }[]): void {
  const written = values.map((value) => [value.id, JSON.stringify(value)]);
  writeFileSync(join(out, `${name}.js`), `export const ${name} = ${scriptLiteral(written)};\n`);
  writeFileSync(
    join(out, `${name}.d.ts`),
    `export declare const ${name}: readonly (readonly [id: string, json: string])[];\n`,
  );
}

/** Says why a check cannot be generated; its absence costs the others nothing. */
function compiles(definition: Parameters<typeof generateChecks>[0][number]): boolean {
  try {
    generateChecks([definition], specifiers);
    return true;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return false;
  }
}

/** Data as a JavaScript literal; the two line separators that JSON allows and scripts once did not are escaped. */
function scriptLiteral(value: unknown): string {
  return JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}
