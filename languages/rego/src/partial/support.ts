import { VariableCollector } from '../compiler/variables.ts';
import type { Head, Rule, Term } from '../syntax/ast.ts';
import { evaluateBody } from './body.ts';
import { insertNamespace, named, type Path } from './paths.ts';
import { pluggedBody } from './saved.ts';
import { inner, type Place, type Session } from './session.ts';
import { simplify } from './simplify.ts';

export function namespaced({ namespace }: Session, path: Path): Term[] {
  return insertNamespace(path, namespace);
}

export function newHead(reference: Path, parts: Partial<Head>): Head {
  const [first] = reference;
  return {
    name: first?.type === 'var' && reference.length === 1 ? first.name : '',
    reference: [...reference],
    args: undefined,
    key: undefined,
    value: undefined,
    assign: false,
    location: undefined,
    generatedValue: false,
    keywords: [],
    ...parts,
  };
}

export function newRule(head: Head, body: Rule['body'], isDefault = false): Rule {
  return { default: isDefault, head, body, else: undefined, location: undefined, generatedBody: false };
}

/** Evaluates a rule apart and keeps what is left of it for the residual queries; false where it never holds. */
export function addSupport(
  place: Place,
  rule: Rule,
  target: { readonly home: Path; readonly rule: Path } | ((plug: (term: Term) => Term) => SupportHead),
): boolean {
  const { session } = place;
  const child = inner(place, rule.body);
  let isDefined = false;
  session.saved.apart(() => {
    evaluateBody(child, () => {
      session.saved.outside((saved) => {
        const body = pluggedBody(saved, session.home);
        // OPA counts the rule as defined even so, and leaves a reference to what no module has.
        if (!session.passesTypes(body)) return;
        isDefined = true;
        const plug = (term: Term): Term => child.frame.plug(term, session.home);
        const { value } = rule.head;
        const head =
          typeof target === 'function'
            ? target(plug)
            : {
                home: target.home,
                head: newHead(named(target.rule), { value: value === undefined ? undefined : plug(value) }),
              };
        const live = new VariableCollector().head(head.head).names;
        const simple = session.shallow ? body : simplify(body, { live, session, mayBeEmpty: false });
        session.support.add(head.home, newRule(head.head, simple, rule.default));
      });
    });
  });
  return isDefined;
}

export interface SupportHead {
  readonly home: Path;
  readonly head: Head;
}
