import { getKey, isArray, isSet, type ObjectValue, RegoSet, type RegoValue, setOf } from '../values/index.ts';
import type { BuiltinArguments, BuiltinContext, BuiltinFamily } from './builtin.ts';
import { checkSize, limitError, membersOf, objectOperand, operand, wrongType } from './operands.ts';

/** A graph is an object from each node to its neighbours, an array or a set. What has no entry is no node. */
function neighbours(graph: ObjectValue, node: RegoValue): readonly RegoValue[] | undefined {
  const edges = getKey(graph, node);
  return edges === undefined ? undefined : (membersOf(edges) ?? []);
}

function initialNodes(args: BuiltinArguments): readonly RegoValue[] {
  const initial = operand(args, 2);
  if (!isArray(initial) && !isSet(initial)) throw wrongType(2, initial, '{array, set}');
  return membersOf(initial) ?? [];
}

/** The nodes that can be reached from the first ones, those included. */
function reachable(args: BuiltinArguments, context: BuiltinContext): RegoSet {
  const graph = objectOperand(args, 1);
  const queue = [...initialNodes(args)];
  const reached = new RegoSet();
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    const edges = reached.has(node) ? undefined : neighbours(graph, node);
    if (edges === undefined) continue;
    context.chargeSteps(edges.length + 1);
    reached.add(node);
    for (const neighbour of edges) if (!reached.has(neighbour)) queue.push(neighbour);
  }
  return reached;
}

/** The paths from the first nodes to where they end: at a node without edges, or before one already on the path. */
function reachablePaths(args: BuiltinArguments, context: BuiltinContext): RegoSet {
  const graph = objectOperand(args, 1);
  const paths = new PathCollector(graph, context);
  for (const node of initialNodes(args)) {
    const edges = neighbours(graph, node);
    if (edges === undefined) continue;
    if (edges.length === 0) paths.found.add([node]);
    for (const neighbour of edges) paths.follow(neighbour, [node], setOf([node]));
  }
  return paths.found;
}

class PathCollector {
  readonly found = new RegoSet();
  readonly #graph: ObjectValue;
  readonly #context: BuiltinContext;

  constructor(graph: ObjectValue, context: BuiltinContext) {
    this.#graph = graph;
    this.#context = context;
  }

  /** Goes on from a node with the path to it. As in OPA the first node may be followed by itself. */
  follow(node: RegoValue, path: readonly RegoValue[], reached: RegoSet): void {
    const edges = neighbours(this.#graph, node);
    const longer = edges === undefined ? path : [...path, node];
    if (edges === undefined || edges.length === 0) {
      this.#end(longer);
      return;
    }
    const { maxDepth } = this.#context.limits;
    if (longer.length > maxDepth) throw limitError('maxDepth', maxDepth);
    const here = setOf(reached).add(node);
    for (const neighbour of edges) {
      if (here.has(neighbour)) this.#end(longer);
      else this.follow(neighbour, longer, here);
    }
  }

  #end(path: readonly RegoValue[]): void {
    this.#context.chargeSteps(path.length);
    this.found.add(path);
    checkSize(this.found.size, this.#context);
  }
}

export const graph: BuiltinFamily = {
  'graph.reachable': reachable,
  'graph.reachable_paths': reachablePaths,
};
