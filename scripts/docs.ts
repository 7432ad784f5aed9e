// Writes docs/checks.md and docs/errors.md from the checks and the error tables themselves.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { CheckText } from '@keelson/checks';
import { loadChecks, loadCheckTexts } from '@keelson/pack-checks';
import { errorTables } from '../apps/cli/src/error-tables.ts';

/** The page of error codes, in Markdown. */
export function errorsReference(): string {
  const tables = errorTables.flatMap(([title, table]) => [
    `## ${title}`,
    '',
    '| code | meaning |',
    '|---|---|',
    ...Object.entries(table).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`),
    '',
  ]);
  return [
    '# Errors',
    '',
    'Made by `npm run docs`; do not edit. Every message ends with its code.',
    '',
    ...tables,
  ].join('\n');
}

/** The reference page, in Markdown. */
export async function checksReference(): Promise<string> {
  const texts = [...(await loadCheckTexts()).values()];
  const fixable = new Set(
    (await loadChecks()).flatMap((check) => {
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
  writeFileSync(new URL('../docs/checks.md', import.meta.url), await checksReference());
  writeFileSync(new URL('../docs/errors.md', import.meta.url), errorsReference());
}
