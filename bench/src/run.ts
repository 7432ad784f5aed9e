/** Every measurement by name; a module is loaded only when it runs. */
const benches: Readonly<Record<string, () => Promise<{ run(): Promise<unknown> }>>> = {
  html: () => import('./html.ts'),
  netpol: () => import('./netpol.ts'),
  rego: () => import('./rego.ts'),
  'rego-start': () => import('./rego-start.ts'),
  report: () => import('./report.ts'),
  scan: () => import('./scan.ts'),
  startup: () => import('./startup.ts'),
  verify: () => import('./verify.ts'),
  yaml: () => import('./yaml.ts'),
};

const [name = ''] = process.argv.slice(2);
const load = benches[name];
if (load === undefined) {
  console.error(`usage: npm run bench -- NAME; known: ${Object.keys(benches).join(', ')}`);
  process.exitCode = 2;
} else {
  const { run } = await load();
  console.log(JSON.stringify(await run(), undefined, 2));
}
