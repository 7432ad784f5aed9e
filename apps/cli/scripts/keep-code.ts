// Runs the command on examples in this process, with what it prints thrown away by its caller, and leaves the code that V8 compiled for it beside its modules.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codeFileOf, ModuleLoader } from '../src/module-loader.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const shop = here('../../../examples/shop');
const registry = here('../../../examples/rego');
const formats = ['terminal', 'json', 'sarif', 'markdown', 'html', 'junit'];

/** Runs that are like those of users. */
const runs = (out: string): readonly (readonly string[])[] => [
  ['scan', join(shop, 'web.yaml'), ...formats.flatMap((format) => ['-f', format, '-o', `${out}.${format}`])],
  ['scan', join(shop, 'web.yaml'), join(shop, 'rbac.yaml'), join(shop, 'images/web/Dockerfile')],
  ...['data.runs.summary', 'data.runs.deny', '1 + 1'].map((query) => [
    ...['rego', 'eval', query, '-d', here('runs/policy.rego'), '-d', here('runs/settings.json')],
    ...['-i', here('runs/input.json')],
  ]),
  ['rego', 'test', registry],
  ['checks', 'list'],
];

// V8 refuses code that was kept under other flags than those of the process that takes it: a start's.
process.getBuiltinModule('node:v8').setFlagsFromString = () => undefined;
const folder = mkdtempSync(join(tmpdir(), 'keelson-build-'));
try {
  const loader = new ModuleLoader();
  const { main } = loader.load(here('../dist/main.cjs')) as typeof import('../src/main.ts');
  for (const args of runs(join(folder, 'out'))) await main(args);
  for (const [file, script] of loader.scripts) writeFileSync(codeFileOf(file), script.createCachedData());
} finally {
  rmSync(folder, { recursive: true, force: true });
}
