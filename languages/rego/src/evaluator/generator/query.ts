import type { Body } from '../../syntax/ast.ts';
import type { RegoValue } from '../../values/index.ts';
import { type Runtime, runtime } from '../runtime/index.ts';
import type { Scope } from '../runtime/scope.ts';
import { emitBody } from './bodies.ts';
import type { Linker } from './frame.ts';
import { Unit } from './unit.ts';
import { asFunction, openRule } from './values-of-rules.ts';
import { emitExit, emitRedo, openWatched } from './watched.ts';

export interface QueryCode {
  /** The variables that have a value where the query holds. */
  readonly names: readonly string[];
  /** Calls `take` with the values of `names` for each way in which the query holds. */
  run(scope: Scope, take: (values: readonly RegoValue[]) => void): void;
}

export function compileQuery(body: Body, linker: Linker): QueryCode {
  const unit = new Unit<Runtime>(linker.maxCodeLength);
  const frame = openRule(undefined, ['s', 'take'], unit, linker);
  if (linker.watched) {
    const names = linker.originalNames;
    openWatched({ kind: 'query', body, names, location: body[0]?.location }, frame);
  }
  let names: readonly string[] = [];
  frame.closure(() => {
    emitBody(body, frame);
    names = [...frame.bound.keys()];
    emitExit('undefined', frame);
    frame.line(`take([${[...frame.bound.values()].join(', ')}]);`);
    emitRedo(frame);
  }, true);
  return { names, run: asFunction(unit.compile(runtime)) };
}
