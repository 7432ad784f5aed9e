// Builds the page of the HTML report into one module of texts: its script, its style, and their digests for the
// page's Content-Security-Policy.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const here = fileURLToPath(new URL('..', import.meta.url));

const built = await build({
  root: join(here, 'page'),
  configFile: false,
  logLevel: 'warn',
  mode: 'production',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    write: false,
    target: 'es2022',
    modulePreload: false,
    cssTarget: 'chrome120',
    lib: { entry: 'main.tsx', formats: ['iife'], name: 'keelsonReport', cssFileName: 'style' },
  },
  define: { 'process.env.NODE_ENV': '"production"' },
});

const outputs = (Array.isArray(built) ? built : [built]).flatMap((result) =>
  'output' in result ? result.output : [],
);
const scripts = outputs.flatMap((file) => (file.type === 'chunk' ? [file.code] : []));
const styles = outputs.flatMap((file) =>
  file.type === 'asset' && file.fileName.endsWith('.css') ? [String(file.source)] : [],
);
const [code, ...otherScripts] = scripts;
const [style, ...otherStyles] = styles;
if (code === undefined || style === undefined || otherScripts.length + otherStyles.length > 0)
  throw new Error(`the page must be one script and one style: ${outputs.map(({ fileName }) => fileName)}`);

// Preact's licence goes where Preact goes.
const preact = dirname(createRequire(import.meta.url).resolve('preact/package.json'));
const script = `/*! Preact\n${readFileSync(join(preact, 'LICENSE'), 'utf8').trim()}\n*/\n${code.trim()}\n`;
if (/<\/?script|<!--/i.test(script) || /<\/?style/i.test(style))
  throw new Error('the page holds text that would end its own element');

function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

const texts = { script, scriptDigest: digest(script), style, styleDigest: digest(style) };
mkdirSync(join(here, 'generated'), { recursive: true });
const names = Object.entries(texts);
writeFileSync(
  join(here, 'generated/page.js'),
  names.map(([name, text]) => `export const ${name} = ${JSON.stringify(text)};\n`).join(''),
);
writeFileSync(
  join(here, 'generated/page.d.ts'),
  names.map(([name]) => `export declare const ${name}: string;\n`).join(''),
);
