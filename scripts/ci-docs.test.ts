import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { mapping, mappings, root, text, yamlDocuments, yamlFile } from './testing/ci.ts';

// docs/ci.md: its snippets are read as the forges read them, and its tables are those of the files.
const page = readFileSync(join(root, 'docs/ci.md'), 'utf8');
const sections = new Map(page.split(/^## /m).map((section) => [section.split('\n')[0] ?? '', section]));
const section = (title: string) => sections.get(title) ?? '';

function snippet(title: string) {
  const [document] = yamlDocuments(/```yaml\n([\s\S]*?)```/.exec(section(title))?.[1] ?? '');
  return mapping(document);
}

/** First and second cells of the rows of the table with these headings. */
function table(title: string, heading: string): [string, string][] {
  const [, rows = ''] = section(title).split(`| ${heading} |`);
  return [...(rows.split('\n\n')[0]?.matchAll(/^\| `([^`]+)` \|([^|]*)\|/gm) ?? [])].map(
    ([, name = '', cell = '']) => [name, cell.trim()],
  );
}

describe('the action', () => {
  const [action] = yamlFile('action.yml');
  const inputs = mapping(action, 'inputs');

  test('the tables name its inputs and outputs', () => {
    expect(table('GitHub Action', 'input | default | what it is').map(([name]) => name)).toEqual(
      Object.keys(inputs),
    );
    expect(table('GitHub Action', 'output | what it is').map(([name]) => name)).toEqual(
      Object.keys(mapping(action, 'outputs')),
    );
  });

  test('the snippet gives inputs that there are', () => {
    const steps = mappings(snippet('GitHub Action'), 'jobs', 'keelson', 'steps');
    const step = steps.find((each) => text(each['uses']).includes('/keelson@'));
    expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(mapping(step?.['with']))));
    expect(step?.['id']).toBe('keelson');
  });
});

describe('the component', () => {
  const [spec] = yamlFile('templates/scan.yml');
  const inputs = mapping(spec, 'spec', 'inputs');

  test('the table names its inputs and their defaults', () => {
    const defaults = table('GitLab component', 'input | default | what it is').map(([name, cell]) => {
      const code = /^`([^`]*)`$/.exec(cell)?.[1];
      return [name, code ?? ''];
    });
    expect(defaults).toEqual(
      Object.entries(inputs).map(([name, input]) => [name, text(mapping(input)['default'])]),
    );
  });

  test('the snippet gives inputs that there are', () => {
    const [include] = mappings(snippet('GitLab component'), 'include');
    expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(mapping(include?.['inputs']))));
    expect(text(include?.['component'])).toMatch(/\/scan@REF$/);
  });
});

test('the hooks are those of the manifest', () => {
  const ids = mappings(yamlFile('.pre-commit-hooks.yaml')[0]).map(({ id }) => text(id));
  expect(table('pre-commit', 'hook | what it does').map(([name]) => name)).toEqual(ids);
  const [repository] = mappings(snippet('pre-commit'), 'repos');
  expect(ids).toEqual(expect.arrayContaining(mappings(repository, 'hooks').map(({ id }) => text(id))));
});
