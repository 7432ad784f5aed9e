// Builds the page in the folder `page` of a package into one module of texts, `generated/page.js`: its script, its
// style, and their digests for the page's Content-Security-Policy.
//
// Usage: node scripts/page.ts FOLDER, such as apps/report
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'vite';

const folder = resolve(process.argv[2] ?? '.');
const root = join(folder, 'page');
const entry = ['main.ts', 'main.tsx'].find((name) => existsSync(join(root, name)));
if (entry === undefined) throw new Error(`${root} has neither main.ts nor main.tsx`);

const built = await build({
  root,
  configFile: false,
  logLevel: 'warn',
  mode: 'production',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    write: false,
    target: 'es2022',
    modulePreload: false,
    cssTarget: 'chrome120',
    lib: { entry, formats: ['iife'], name: 'keelsonPage', cssFileName: 'style' },
  },
  define: { 'process.env.NODE_ENV': '"production"' },
});

const outputs = (Array.isArray(built) ? built : [built]).flatMap((result) =>
  'output' in result ? result.output : [],
);
const [chunk, ...otherChunks] = outputs.flatMap((file) => (file.type === 'chunk' ? [file] : []));
const [style, ...otherStyles] = outputs.flatMap((file) =>
  file.type === 'asset' && file.fileName.endsWith('.css') ? [String(file.source)] : [],
);
if (chunk === undefined || style === undefined || otherChunks.length + otherStyles.length > 0)
  throw new Error(`the page must be one script and one style: ${outputs.map(({ fileName }) => fileName)}`);

const script = `${licences(chunk.moduleIds)}${chunk.code.trim()}\n`;
if (/<\/?script|<!--/i.test(script) || /<\/?style/i.test(style))
  throw new Error('the page holds text that would end its own element');

/** The licence of a package goes where the package goes. */
function licences(modules: readonly string[]): string {
  const packages = new Map<string, string>();
  for (const file of modules) {
    const found = /^(.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+))[\\/]/.exec(file);
    if (found?.[1] !== undefined && found[2] !== undefined) packages.set(found[1], found[2]);
  }
  return [...packages]
    .map(([path, name]) => `/*! ${name}\n${readFileSync(join(path, 'LICENSE'), 'utf8').trim()}\n*/\n`)
    .join('');
}

function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

const texts = Object.entries({ script, scriptDigest: digest(script), style, styleDigest: digest(style) });
const generated = join(folder, 'generated');
mkdirSync(generated, { recursive: true });
writeFileSync(
  join(generated, 'page.js'),
  texts.map(([name, text]) => `export const ${name} = ${JSON.stringify(text)};\n`).join(''),
);
writeFileSync(
  join(generated, 'page.d.ts'),
  texts.map(([name]) => `export declare const ${name}: string;\n`).join(''),
);
