import type { Body, Head } from './ast.ts';
import type { Location } from './location.ts';
import { type Visitor, walkBody, walkHead } from './visit.ts';

function relocator(location: Location): Visitor {
  return {
    head(head) {
      head.location = location;
      return false;
    },
    expr(expr) {
      expr.location = location;
      if (expr.terms.type !== 'term' && expr.terms.type !== 'call') expr.terms.location = location;
      return false;
    },
    with(modifier) {
      modifier.location = location;
      return false;
    },
    term(term) {
      term.location = location;
      return false;
    },
  };
}

/** Puts everything in a body at one place. */
export function setLocations(body: Body, location: Location): void {
  walkBody(body, relocator(location));
}

/** Puts a head with its arguments, key and value at one place; its reference keeps its own. */
export function setHeadLocation(head: Head, location: Location): void {
  walkHead(head, relocator(location));
}
