import { fault } from './fault.ts';
import { type Item, idOfTree, makeItem } from './item.ts';
import { isNull, type Tree, textAt } from './tree.ts';

/** True for what would have to be fetched: URLs, and repositories as git and kustomize write them. */
export function isRemote(entry: string): boolean {
  return (
    /^(git::|[a-z][a-z0-9+.-]*:\/\/|[\w.-]+@[\w.-]+:|(github\.com|bitbucket\.org|gitlab\.com)[/:])/i.test(
      entry,
    ) || /[?&]ref=|\.git(\/|\?|$)/.test(entry)
  );
}

/** The objects of documents; lists are taken apart. @throws ManifestError for one that has no kind or name */
export function objectItems(trees: readonly Tree[]): Item[] {
  return trees.flatMap((tree) => {
    if (isNull(tree) || (tree.kind === 'mapping' && tree.entries.size === 0)) return [];
    if (tree.kind !== 'mapping') throw fault('not an object', tree.place);
    const list = tree.entries.get('items');
    const kind = textAt(tree, 'kind') ?? '';
    if (kind.endsWith('List') && (list?.kind === 'sequence' || kind === 'List')) {
      return list?.kind === 'sequence' ? objectItems(list.items) : [];
    }
    const id = idOfTree(tree);
    if (id.kind === '') throw fault('the object has no kind', tree.place);
    if (id.name === '') throw fault('the object has no metadata.name', tree.place);
    return [makeItem(tree)];
  });
}
