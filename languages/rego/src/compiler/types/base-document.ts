import type { Term } from '../../syntax/ast.ts';
import { varTerm } from '../../syntax/build.ts';
import { childNode, type RuleTreeNode } from '../compiled.ts';
import type { TypeTree } from './tree.ts';
import { type Type, unwrapped } from './type.ts';

/**
 * Puts the types that a schema gives to parts of the base document below `data`. Where rules stand, they say what the
 * document is; objects that hold packages beside the base document's own members stay open.
 */
export function putBaseTypes(type: Type, root: RuleTreeNode, tree: TypeTree): void {
  put([varTerm('data')], type, root.children.get('"data'), tree);
}

function put(path: readonly Term[], type: Type, node: RuleTreeNode | undefined, tree: TypeTree): void {
  if (node === undefined && path.length > 1) {
    tree.put(path, type);
    return;
  }
  const object = unwrapped(type);
  if (object?.kind !== 'object' || (node !== undefined && node.rules.length > 0)) return;
  for (const { key, value } of object.properties) {
    const below = node === undefined ? undefined : childNode(node, key);
    if (value !== undefined) put([...path, key], value, below, tree);
  }
}
