// Builds the page of `keelson netpol list -f html` into one module of texts: its script, its style, and their digests
// for the page's Content-Security-Policy.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const here = fileURLToPath(new URL('..', import.meta.url));

const built = await build({
  root: join(here, 'page'),
  configFile: false,
  logLevel: 'warn',
  mode: 'production',
  build: {
    write: false,
    target: 'es2022',
    modulePreload: false,
    cssTarget: 'chrome120',
    lib: { entry: 'main.ts', formats: ['iife'], name: 'keelsonReach', cssFileName: 'style' },
  },
});

const outputs = (Array.isArray(built) ? built : [built]).flatMap((result) =>
  'output' in result ? result.output : [],
);
const [script, ...otherScripts] = outputs.flatMap((file) => (file.type === 'chunk' ? [file.code] : []));
const [style, ...otherStyles] = outputs.flatMap((file) =>
  file.type === 'asset' && file.fileName.endsWith('.css') ? [String(file.source)] : [],
);
if (script === undefined || style === undefined || otherScripts.length + otherStyles.length > 0)
  throw new Error(`the page must be one script and one style: ${outputs.map(({ fileName }) => fileName)}`);
if (/<\/?script|<!--/i.test(script) || /<\/?style/i.test(style))
  throw new Error('the page holds text that would end its own element');

function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

const texts = Object.entries({ script, scriptDigest: digest(script), style, styleDigest: digest(style) });
mkdirSync(join(here, 'generated'), { recursive: true });
writeFileSync(
  join(here, 'generated/page.js'),
  texts.map(([name, text]) => `export const ${name} = ${JSON.stringify(text)};\n`).join(''),
);
writeFileSync(
  join(here, 'generated/page.d.ts'),
  texts.map(([name]) => `export declare const ${name}: string;\n`).join(''),
);
