import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'rolldown';

/** Where a package's front door takes each of its names from. */
type Names = ReadonlyMap<string, { file: string; name: string }>;

const listed = /(?:^|\n)\s*(import|export)\s*\{([^}]*)\}\s*from\s*['"]([^'"]+)['"];?/g;

/**
 * Lets bundled modules take names straight from the file that a workspace package's `index.js` names, so that a chunk
 * holds what is used and not all that stands behind the same front door. Sources still use the front door only.
 */
export function frontDoors(): Plugin {
  const require = createRequire(import.meta.url);
  const known = new Map<string, Names>();
  const namesOf = (specifier: string): Names => {
    let names = known.get(specifier);
    if (names === undefined) {
      names = readNames(require.resolve(specifier));
      known.set(specifier, names);
    }
    return names;
  };
  return {
    name: 'front-doors',
    load: {
      filter: { id: { include: /[\\/](?:dist|build|generated)[\\/].*\.js$/, exclude: /node_modules/ } },
      handler: (id) => straighten(readFileSync(id, 'utf8'), namesOf),
    },
  };
}

function straighten(text: string, namesOf: (specifier: string) => Names): string {
  return text.replace(listed, (whole, keyword: string, body: string, specifier: string) => {
    if (!specifier.startsWith('@keelson/')) return whole;
    const names = namesOf(specifier);
    return entriesOf(body)
      .map(({ name, local }) => {
        const found = names.get(name);
        if (found === undefined) throw new Error(`${specifier} does not list ${name}`);
        return `\n${keyword} { ${found.name} as ${local} } from ${JSON.stringify(found.file)};`;
      })
      .join('');
  });
}

/** Names that an `index.js` exports from its files; those it defines itself come from it. */
function readNames(index: string): Names {
  const text = readFileSync(index, 'utf8');
  const names = new Map<string, { file: string; name: string }>();
  for (const [, keyword, body = '', specifier = ''] of text.matchAll(listed)) {
    if (keyword !== 'export' || !specifier.startsWith('.')) continue;
    for (const { name, local } of entriesOf(body))
      names.set(local, { file: join(dirname(index), specifier), name });
  }
  for (const [, name = ''] of text.matchAll(
    /(?:^|\n)export (?:async )?(?:const|function\*?|class|let) (\w+)/g,
  )) {
    names.set(name, { file: index, name });
  }
  return names;
}

function entriesOf(body: string): { name: string; local: string }[] {
  return body
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [name = '', local = name] = entry.split(/\s+as\s+/);
      return { name, local };
    });
}
