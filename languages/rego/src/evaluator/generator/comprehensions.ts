import type { ArrayComprehension, ObjectComprehension, SetComprehension, Term } from '../../syntax/ast.ts';
import { emitBody } from './bodies.ts';
import type { Frame } from './frame.ts';
import { callSite } from './sites.ts';
import { emitValue } from './values.ts';
import { mentions } from './variables.ts';
import { emitExit, emitRedo, openWatchedBody, resumeWatched } from './watched.ts';

export type Comprehension = ArrayComprehension | ObjectComprehension | SetComprehension;

/** Writes a comprehension. What does not depend on the loops around it is worked out once for all of them. */
export function emitComprehension(term: Comprehension, frame: Frame): string {
  const outer = [...mentions(term)].flatMap((name) => frame.bound.get(name) ?? []);
  return frame.hoisted(frame.levelOf(frame.scope, ...outer), () => emitFresh(term, frame));
}

function emitFresh(term: Comprehension, frame: Frame): string {
  const { unit } = frame;
  const result = frame.name(initial(term, frame));
  frame.closure(() => {
    openWatchedBody(term.body, frame);
    emitBody(term.body, frame);
    emitExit('undefined', frame);
    frame.line('if (--r.room < 0) r.full();');
    if (term.type === 'objectcomprehension') {
      const key = emitValue(term.key, frame);
      const value = emitValue(term.value, frame);
      const site = unit.constant(callSite(term.key.location));
      frame.line(`${unit.use('putUnique')}(${result}, ${key}, ${value}, ${site});`);
    } else {
      const method = term.type === 'arraycomprehension' ? 'push' : 'add';
      frame.line(`${result}.${method}(${emitValue(term.term, frame)});`);
    }
    emitRedo(frame);
  }, term.type === 'arraycomprehension');
  resumeWatched(frame);
  return result;
}

function initial(term: Term, frame: Frame): string {
  if (term.type === 'arraycomprehension') return '[]';
  return term.type === 'setcomprehension'
    ? `new ${frame.unit.use('RegoSet')}()`
    : `new ${frame.unit.use('RegoObject')}()`;
}
