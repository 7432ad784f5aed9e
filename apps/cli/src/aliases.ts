import { foreignIdForm } from '@keelson/checks';
import { loadCheckTexts } from '@keelson/pack-checks';

/** Our ids by `tool:id` and by `:id` for exceptions, which name no tool; ids as written and in their common form. */
export async function aliasTable(): Promise<ReadonlyMap<string, readonly string[]>> {
  const table = new Map<string, string[]>();
  const add = (key: string, id: string) => {
    const ids = table.get(key);
    if (ids === undefined) table.set(key, [id]);
    else if (!ids.includes(id)) ids.push(id);
  };
  for (const text of (await loadCheckTexts()).values()) {
    for (const [tool, ids] of Object.entries(text.aliases)) {
      for (const id of ids) {
        for (const form of new Set([id, foreignIdForm(id)])) {
          add(`${tool}:${form}`, text.id);
          add(`:${form}`, text.id);
        }
      }
    }
  }
  return table;
}
