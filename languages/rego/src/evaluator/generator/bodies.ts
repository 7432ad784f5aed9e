import type { Body, Every, Expr, LogicalAnd, LogicalOr, Term, With } from '../../syntax/ast.ts';
import type { Replacement } from '../runtime/scope.ts';
import { emitCall, functionName } from './calls.ts';
import { internalError } from './errors.ts';
import type { Frame } from './frame.ts';
import { emitJoin, findJoin, rowLoop } from './joins.ts';
import { emitMatch } from './matches.ts';
import { constantValue } from './terms.ts';
import { canOnlyFailSilently } from './totality.ts';
import { emitValue } from './values.ts';
import { emitExit, emitRedo, emitWatchedBody, openWatchedBody, resumeWatched } from './watched.ts';

/** Writes the expressions of a body, each at the place where all before it hold. */
export function emitBody(body: Body, frame: Frame): void {
  if (frame.linker.watched) {
    emitWatchedBody(body, frame, (expr) => emitExpr(expr, frame));
    return;
  }
  body.forEach((expr, i) => {
    const loop = frame.linker.joins ? rowLoop(expr, frame) : undefined;
    const join = loop === undefined ? undefined : findJoin(loop, body.slice(i + 1), frame);
    if (loop !== undefined && join !== undefined) emitJoin(loop, join, frame);
    else emitExpr(expr, frame);
  });
}

function emitExpr(expr: Expr, frame: Frame): void {
  const outer = frame.scope;
  if (expr.with.length > 0) frame.scope = emitReplacements(expr.with, frame);
  if (expr.negated) emitNegation([{ ...expr, negated: false, with: [] }], frame);
  else emitStatement(expr, frame);
  frame.scope = outer;
}

function emitStatement(expr: Expr, frame: Frame): void {
  const { terms } = expr;
  switch (terms.type) {
    case 'term':
      emitTruth(terms.term, frame);
      return;
    case 'call':
      emitCall(terms, expr.location, frame);
      return;
    case 'every':
      emitEvery(terms, frame);
      return;
    case 'not':
      emitNegation(terms.body, frame);
      return;
    case 'and':
    case 'or':
      emitLogical(terms, frame);
      return;
    case 'some':
      return;
  }
}

/** A term as a statement holds unless it is undefined or false. */
function emitTruth(term: Term, frame: Frame): void {
  const constant = constantValue(term);
  if (constant === false) frame.line(`if (true) ${frame.fail}`);
  if (constant !== undefined) return;
  frame.failIf(`${emitValue(term, frame)} === false`);
}

/** Writes a variable that tells whether a body holds. */
function emitDefined(body: Body, stop: 'always' | 'where silent', frame: Frame): string {
  const holds = frame.unit.fresh();
  frame.line(`let ${holds} = false;`);
  frame.closure((label) => {
    openWatchedBody(body, frame);
    emitBody(body, frame);
    frame.line(`${holds} = true;`);
    emitExit('true', frame);
    emitRedo(frame);
    // The rest of the results could only raise errors, and those count.
    if (stop === 'always' || canOnlyFailSilently(body)) frame.line(`break ${label};`);
    else if (canOnlyFailSilently(body, true)) frame.line(`if (r.lenient) break ${label};`);
  }, false);
  resumeWatched(frame);
  return holds;
}

function emitNegation(body: Body, frame: Frame): void {
  frame.failIf(emitDefined(body, 'where silent', frame));
}

function emitLogical(terms: LogicalAnd | LogicalOr, frame: Frame): void {
  const left = emitDefined(terms.lhs, 'always', frame);
  if (terms.type === 'and') {
    frame.failUnless(left);
    frame.failUnless(emitDefined(terms.rhs, 'always', frame));
    return;
  }
  const block = frame.block;
  frame.block = block.open(`if (!${left}) `);
  frame.failUnless(emitDefined(terms.rhs, 'always', frame));
  frame.block = block;
}

function emitEvery(every: Every, frame: Frame): void {
  const { unit } = frame;
  const domain = emitValue(every.domain, frame);
  frame.failUnless(`${unit.use('isCollection')}(${domain})`);
  const all = unit.fresh();
  frame.line(`let ${all} = true;`);
  const { key, value } = every;
  frame.closure((label) => {
    const needsKeys = key !== undefined && !frame.isAnything(key);
    const keys = needsKeys ? frame.name(`${unit.use('keys')}(${domain})`) : '';
    const values = frame.name(`${unit.use('items')}(${domain})`);
    const index = unit.fresh('i');
    frame.openLoop(`for (let ${index} = 0; ${index} < ${values}.length; ${index}++)`);
    if (key !== undefined && needsKeys)
      emitMatch(key, frame.name(`${keys} === null ? ${index} : ${keys}[${index}]`), frame);
    emitMatch(value, frame.name(`${values}[${index}]`), frame);
    const holds = emitDefined(every.body, 'always', frame);
    frame.line(`if (!${holds}) { ${all} = false; break ${label}; }`);
  }, false);
  frame.failUnless(all);
}

/** Writes the scope that an expression with `with` is evaluated in. */
function emitReplacements(withs: readonly With[], frame: Frame): string {
  const values: string[] = [];
  const replacements: Replacement[] = withs.map(({ target, value }) => {
    const replacement = replacementOf(target, value, frame);
    const isFunction = replacement.kind === 'function' && replacement.mock !== undefined;
    values.push(isFunction ? 'null' : emitValue(value, frame));
    return replacement;
  });
  const list = frame.unit.constant(replacements);
  const code = `${frame.unit.use('replacedScope')}(${frame.scope}, ${list}, [${values.join(', ')}])`;
  return frame.name(code, frame.levelOf(frame.scope, ...values));
}

function replacementOf(target: Term, value: Term, frame: Frame): Replacement {
  const terms = target.type === 'ref' ? target.terms : [target];
  const [head, ...rest] = terms;
  if (head?.type !== 'var') throw internalError('with replaces no document', target.location);
  const callee = functionName(terms, frame.linker);
  if (callee !== undefined) {
    const terms = value.type === 'ref' ? value.terms : undefined;
    const mock = terms === undefined ? undefined : functionName(terms, frame.linker)?.mock;
    return { kind: 'function', name: callee.name, mock };
  }
  if (head.name !== 'input' && head.name !== 'data')
    throw internalError('with replaces no document', target.location);
  const path = rest.map((term) => {
    if (term.type === 'string') return term.value;
    throw internalError('the path of with is not of names', target.location);
  });
  return { kind: head.name, path };
}
