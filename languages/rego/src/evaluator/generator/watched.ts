import type { Body, Expr } from '../../syntax/ast.ts';
import { walkExpr } from '../../syntax/visit.ts';
import type { RegoValue } from '../../values/index.ts';
import type { Activation, WatchedExpression } from '../runtime/watch.ts';
import type { Frame } from './frame.ts';
import { literal } from './unit.ts';

/**
 * Code of the other mode of generation: each body and each expression tells a `Watch` what it does. Nothing of
 * this is written where evaluations are not watched.
 *
 * The rest of a body is written inside the block of an expression, so that its end is where the expression is
 * tried again, and the end of that block is where it has failed if it never held.
 */

/** Opens what a rule or a query is told by; its code goes into a block that is left in one place. */
export function openWatched(node: Activation['node'], frame: Frame): void {
  frame.watching.activation = frame.name(`r.watch.enter(${frame.unit.constant(node)})`);
  const inner = frame.block.open('try ');
  frame.line(`finally { r.watch.leave(${frame.watching.activation}); }`);
  frame.block = inner;
}

/** Opens a body within an expression: of a comprehension, of `not`, `every`, `and` or `or`. */
export function openWatchedBody(body: Body, frame: Frame): void {
  if (!frame.linker.watched) return;
  const location = body[0]?.location;
  const node = frame.unit.constant({ kind: 'body', body, location, names: frame.linker.originalNames });
  const within = frame.watching.expression;
  frame.watching = {
    ...frame.watching,
    activation: frame.name(`r.watch.enter(${node}${within === '' ? '' : `, ${within}`})`),
    tries: [],
  };
}

/** After the block of such a body: what comes is of the body around it. */
export function resumeWatched(frame: Frame): void {
  if (frame.linker.watched) frame.line(`r.watch.goOn(${frame.watching.activation});`);
}

/** The body held and gives a value. */
export function emitExit(value: string | undefined, frame: Frame): void {
  if (!frame.linker.watched) return;
  const { activation, reads, tries } = frame.watching;
  const all = [...new Set(reads.values())];
  frame.line(`r.watch.exit(${activation}, ${value}, [${all.join(', ')}], [${tries.join(', ')}]);`);
}

/** After the use of its value. */
export function emitRedo(frame: Frame): void {
  if (frame.linker.watched) frame.line(`r.watch.redoBody(${frame.watching.activation});`);
}

/** Writes the expressions of a body with what they tell. */
export function emitWatchedBody(body: Body, frame: Frame, emit: (expr: Expr) => void): void {
  body.forEach((expr, index) => {
    const tried = frame.name(beginning(expr, index, frame));
    const held = frame.unit.fresh();
    frame.line(`let ${held} = false;`);
    openBlock(frame, `if (!${held}) r.watch.fail(${tried});`);
    frame.watching = { ...frame.watching, expression: tried, tries: [...frame.watching.tries, tried] };
    emit(expr);
    frame.line(`${held} = true;`);
    openBlock(frame, `r.watch.redo(${tried});`);
  });
}

/** Opens a block that a failing test leaves, and writes what is done behind it. */
function openBlock(frame: Frame, behind: string): void {
  const label = frame.unit.fresh('X');
  const inner = frame.block.open(`${label}: `);
  frame.line(behind);
  frame.block = inner;
  frame.fail = `break ${label};`;
}

function beginning(expr: Expr, index: number, frame: Frame): string {
  const names = new Set<string>();
  walkExpr(expr, {
    term: (term) => {
      if (term.type === 'var' && frame.bound.has(term.name)) names.add(term.name);
      return false;
    },
  });
  const variables = [...names];
  const values = variables.map((name) => frame.bound.get(name) ?? 'null');
  const reads = values.map((value) => frame.watching.reads.get(value) ?? 'undefined');
  const point: WatchedExpression = {
    kind: 'expression',
    expr,
    index,
    variables,
    names: frame.linker.originalNames,
    location: expr.location,
  };
  const { activation } = frame.watching;
  return `r.watch.eval(${activation}, ${frame.unit.constant(point)}, [${values.join(', ')}], [${reads.join(', ')}])`;
}

/** A document begins to be read. */
export function noteRoot(
  root: 'input' | 'data',
  below: readonly RegoValue[],
  value: string,
  frame: Frame,
): void {
  if (!frame.linker.watched || frame.watching.expression === '') return;
  const path = frame.unit.constant({ root, below });
  const read = frame.name(`r.watch.root(${frame.watching.expression}, ${path}, ${value})`);
  frame.watching.reads.set(value, read);
}

/** The document of rules at a path, or its entry at `key`, was asked for. */
export function noteDocument(path: readonly RegoValue[], key: string, value: string, frame: Frame): void {
  if (!frame.linker.watched || frame.watching.expression === '') return;
  const place = frame.unit.constant({ root: 'data', below: path });
  const read = frame.name(`r.watch.document(${frame.watching.expression}, ${place}, ${value}, ${key})`);
  frame.watching.reads.set(value, read);
}

/** `value` was looked up in `from`. */
export function noteStep(from: string, key: string, value: string, frame: Frame): void {
  if (!frame.linker.watched || frame.watching.expression === '') return;
  const { expression, reads } = frame.watching;
  const origin = reads.get(from) ?? 'undefined';
  const read = frame.name(`r.watch.step(${expression}, ${origin}, ${from}, ${key}, ${value})`);
  reads.set(value, read);
}

export function noteMember(from: string, name: string, value: string, frame: Frame): void {
  if (!frame.linker.watched) return;
  const key = literal(name);
  frame.line(`if (${value} === undefined) ${value} = ${frame.unit.use('member')}(${from}, ${key});`);
  noteStep(from, key, value, frame);
}
