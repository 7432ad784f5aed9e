import type { Builtin } from '../builtins/index.ts';
import type { Compilation } from '../compiler/compilation.ts';
import type { Run } from '../evaluator/runtime/run.ts';
import type { Body, Expr, Term } from '../syntax/ast.ts';
import { Frame } from './frame.ts';
import type { Path } from './paths.ts';
import type { SavedQueries, SupportRules } from './saved.ts';
import type { Scope } from './scope.ts';
import type { Unknowns } from './unknowns.ts';

/** What one partial evaluation shares. */
export interface Session {
  readonly compilation: Compilation;
  readonly run: Run;
  /** The frame of the query: names of its variables stay as they are. */
  readonly home: Frame;
  readonly unknowns: Unknowns;
  readonly saved: SavedQueries;
  readonly support: SupportRules;
  readonly namespace: string;
  readonly shallow: boolean;
  /** Call built-ins that give another result each time. */
  readonly nondeterministic: boolean;
  /** Variables whose value only decides whether an expression holds: a default of false changes nothing for them. */
  readonly conditions: Set<string> | undefined;
  readonly counters: { frame: number; variable: number };
  builtin(name: string): Builtin | undefined;
  /** The value of a document that needs nothing unknown, where no `with` applies. */
  knownDocument(path: Path): Term | undefined;
  /** No type error shows that the body can never hold. */
  passesTypes(body: Body): boolean;
}

/** The place of the evaluation: an expression of a body, and what its variables stand for. */
export interface Place {
  readonly session: Session;
  readonly body: Body;
  readonly index: number;
  readonly frame: Frame;
  readonly scope: Scope;
  /** Tells the bodies of one frame apart in names of variables. */
  readonly id: number;
  /** By how many elements of `every` this body was repeated. */
  readonly repeated: number;
}

export type Next = () => void;

export function expressionAt({ body, index }: Place): Expr {
  const expr = body[index];
  if (expr === undefined) throw new TypeError('the body has no such expression');
  return expr;
}

/** The body with variables of its own: of a rule or function. */
export function inner(place: Place, body: Body): Place {
  const id = ++place.session.counters.frame;
  return { ...place, body, index: 0, frame: new Frame(id), id, repeated: 1 };
}

/** The body among the variables of the place: of `not`, `every` or a comprehension. */
export function closure(place: Place, body: Body): Place {
  return { ...place, body, index: 0, id: ++place.session.counters.frame };
}
