/** Judges that are not ours, by what they judge; a module is loaded only when it runs. */
const oracles: Readonly<Record<string, () => Promise<{ run(args: readonly string[]): Promise<number> }>>> = {
  netpol: () => import('./netpol.ts'),
};

const [name = '', ...args] = process.argv.slice(2);
const load = oracles[name];
if (load === undefined) {
  console.error(`usage: npm run oracle -- NAME; known: ${Object.keys(oracles).join(', ')}`);
  process.exitCode = 2;
} else {
  const { run } = await load();
  process.exitCode = await run(args);
}
