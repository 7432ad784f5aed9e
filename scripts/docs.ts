// Writes docs/checks.md, the reference of the checks, from the checks themselves. `--check` only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { CheckText } from '@keelson/checks';
import { checks, loadCheckTexts } from '@keelson/pack-checks';

const file = fileURLToPath(new URL('../docs/checks.md', import.meta.url));

/** The reference page, in Markdown. */
export async function checksReference(): Promise<string> {
  const texts = [...(await loadCheckTexts()).values()];
  const fixable = new Set(
    checks.flatMap((check) => {
      const fix = check.judge.type === 'element' ? check.judge.fix : undefined;
      return fix !== undefined && fix.choice === undefined ? [check.id] : [];
    }),
  );
  const count = (target: string) => texts.filter((text) => text.target === target).length;
  const categories = [...new Set(texts.map((text) => text.category))].sort();
  return [
    '# Checks',
    '',
    'Made from the checks by `npm run docs`; do not edit.',
    '',
    `${count('kubernetes')} checks of Kubernetes objects and ${count('dockerfile')} of Dockerfiles. *fix* marks those that \`--fix\` can mend unseen.`,
    'Every check’s reason, examples and exact conditions stand in its file in `packs/checks/`.',
    '',
    ...categories.flatMap((category) => section(category, texts, fixable)),
  ].join('\n');
}

function section(category: string, texts: readonly CheckText[], fixable: ReadonlySet<string>): string[] {
  const rows = texts.filter((text) => text.category === category).sort((a, b) => (a.id < b.id ? -1 : 1));
  return [
    `## ${category}`,
    '',
    '| check | severity | what it finds | controls |',
    '|---|---|---|---|',
    ...rows.map((text) => {
      const controls = Object.entries(text.controls).map(
        ([framework, ids]) => `${framework} ${ids.join(', ')}`,
      );
      const cells = [
        `\`${text.id}\`${fixable.has(text.id) ? ' *fix*' : ''}`,
        text.severity,
        text.title,
        controls.join('; '),
      ];
      return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
    }),
    '',
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = await checksReference();
  if (!process.argv.includes('--check')) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text) {
    console.error('docs/checks.md is out of date: run `npm run docs`');
    process.exitCode = 1;
  }
}
