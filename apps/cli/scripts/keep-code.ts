// Runs the command on examples in this process, with what it prints thrown away by its caller, and leaves the code that V8 compiled for it beside its modules.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reportFormats } from '@keelson/report';
import { exitCodes } from '../src/exit.ts';
import { codeFileOf, ModuleLoader } from '../src/module-loader.ts';
import { writeImage } from '../src/trust/testing/image-layout.ts';
import { keepRepository } from '../src/trust/testing/kept-repository.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const shop = here('../../../examples/shop');
const registry = here('../../../examples/rego');
const formats = Object.keys(reportFormats);

const evaluation = (query: string): readonly string[] => [
  ...['rego', 'eval', query, '-d', here('runs/policy.rego'), '-d', here('runs/settings.json')],
  ...['-i', here('runs/input.json')],
];

const signedFile = ['--bundle', here('runs/signed/file.sigstore.json'), here('runs/signed/image.manifest')];

/** Of what `scripts/signed-runs.ts` has written. */
const verification = (...of: readonly string[]): readonly string[] =>
  verificationBy(['--trusted-root', here('runs/signed/trusted_root.json')], of);

const verificationBy = (trust: readonly string[], of: readonly string[]): readonly string[] => [
  ...['verify', ...trust],
  ...[
    '--certificate-identity',
    'dev@example.com',
    '--certificate-oidc-issuer',
    'https://accounts.example.com',
  ],
  ...of,
];

/** The starts that people wait for, each once. */
const starts: readonly (readonly string[])[] = [
  evaluation('data.runs.summary'),
  ['scan', here('runs/pod.yaml')],
  verification(...signedFile),
];

/** What policies use of formats outside of Rego. */
const outside = `
  time.parse_rfc3339_ns("2030-01-01T00:00:00Z") > time.now_ns()
  net.cidr_contains("10.0.0.0/8", "10.1.2.3")
  semver.compare("1.2.3", "1.3.0") < 0
  [yaml.unmarshal(yaml.marshal(input)), crypto.sha256("a"), time.date(0)]
`;

/** Further runs that are like those of users. */
const others = (out: string): readonly (readonly string[])[] => [
  ['scan', shop, ...formats.flatMap((format) => ['-f', format, '-o', `${out}.${format}`])],
  ['scan', shop],
  ...['data.runs.deny', '1 + 1', outside].map(evaluation),
  ['rego', 'test', registry],
  ['checks', 'list'],
  verification('--bundle', here('runs/signed/image.sigstore.json'), here('runs/signed/image.manifest')),
  verification('-f', 'json', `oci:${join(out, 'image')}:1.0`),
];

/**
 * V8 refuses code that was kept under other flags than those of the process that takes it. So flags are only written down
 * while the command runs, for each module those that a run has set when it loads it, and set when its code is kept.
 */
const { setFlagsFromString } = process.getBuiltinModule('node:v8');
let flags: string[] = [];
process.getBuiltinModule('node:v8').setFlagsFromString = (flag) => {
  flags.push(flag);
};

const folder = mkdtempSync(join(tmpdir(), 'keelson-build-'));
try {
  const bundle = readFileSync(here('runs/signed/image.sigstore.json'), 'utf8');
  await writeImage(join(folder, 'out'), () => [bundle]);
  process.env['XDG_CACHE_HOME'] = folder;
  const repository = await keepRepository(
    folder,
    readFileSync(here('runs/signed/trusted_root.json'), 'utf8'),
  );
  const flagsOf = new Map<string, readonly string[]>();
  const loader: ModuleLoader = new ModuleLoader(() => {
    for (const file of loader.scripts.keys()) if (!flagsOf.has(file)) flagsOf.set(file, flags.slice());
  });
  const { main } = loader.load(here('../dist/main.cjs')) as typeof import('../src/main.ts');
  const run = async (args: readonly string[]): Promise<void> => {
    flags = [];
    const exit = await main(args);
    // A run that ends early would keep the code of half a run, and nobody would see it. A scan has findings, a
    // verification that is refused is over early.
    if (exit > (args[0] === 'verify' ? exitCodes.done : exitCodes.findings))
      throw new Error(`keelson ${args.join(' ')} ends with ${exit}`);
  };
  for (const args of starts) await run(args);
  // V8 makes machine code anew, whenever it takes what was kept, of each function that had some. That pays for what a
  // start calls often, not for all that many runs do.
  setFlagsFromString('--no-sparkplug');
  for (const args of others(join(folder, 'out'))) await run(args);
  await run(verificationBy(repository, signedFile));
  setFlagsFromString('--sparkplug');
  const byFlags = Map.groupBy(loader.scripts, ([file]) => flagsOf.get(file)?.join(' ') ?? '');
  // What has been set cannot be taken back: each further group has the flags of the one before.
  for (const [set, scripts] of [...byFlags].sort(([a], [b]) => a.length - b.length)) {
    if (set !== '') for (const flag of set.split(' ')) setFlagsFromString(flag);
    for (const [file, script] of scripts) writeFileSync(codeFileOf(file), script.createCachedData());
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
