import type { Body } from '../syntax/ast.ts';
import { evaluateBody } from './body.ts';
import { closure, type Place } from './session.ts';

/** A body that needs nothing unknown holds in some way. */
export function holds(place: Place, body: Body): boolean {
  let isTrue = false;
  evaluateBody(closure(place, body), () => {
    isTrue = true;
  });
  return isTrue;
}
