import { checkCel } from '@keelson/cel';
import type { ExpressionDefinition } from '../definition.ts';
import { minimumMinor } from './cel-versions.ts';
import { admissionEnvironment } from './environment.ts';
import type { ExportableCheck } from './form.ts';
import { firstOf, forAll } from './loops.ts';
import { type ExpressionNames, namesOf } from './names.ts';
import { type ExpressionContext, type PolicyVariable, surroundingsOf } from './variables.ts';

/** The CEL of a policy. */
export interface PolicyExpressions {
  readonly variables: readonly PolicyVariable[];
  /** True: the request may pass. */
  readonly expression: string;
  /** What to say of the first element that fails; undefined where it is always `message`. */
  readonly messageExpression?: string;
  readonly message: string;
  /** The minor release of Kubernetes 1 whose API server knows everything that is used. */
  readonly minimumMinor: number;
}

/** An expression of the check in the words of the policy. */
interface Part {
  readonly text: string;
  /** In parentheses where `&&` and `||` need them. */
  readonly operand: string;
  readonly negated: string;
}

/**
 * Writes a check's CEL as that of an admission policy: its own expressions, with loops around them for what the
 * engine walks through. Gives a reason where the CEL of API servers lacks something.
 */
export function policyExpressions(
  definition: ExportableCheck,
  judge: ExpressionDefinition,
  templates: ReadonlyMap<string, string>,
  context: ExpressionContext,
): PolicyExpressions | string {
  const { when, expression, message } = {
    when: judge.when === undefined ? undefined : namesOf(judge.when, context.doubles),
    expression: namesOf(judge.expression, context.doubles),
    message: judge.message === undefined ? undefined : namesOf(judge.message, context.doubles),
  };
  const all = [expression, when, message].filter((names) => names !== undefined);
  const minor = minimumMinor(all);
  if (typeof minor === 'string') return `needs ${minor}, which the CEL of admission does not have`;
  const used = new Set(all.flatMap(({ free }) => [...free]));
  if (used.has('index')) return 'speaks of the index of an item, which the loops of admission do not give';
  if (judge.scope === 'object' && (used.has('pod') || used.has('podMetadata'))) {
    return 'speaks of a Pod, which objects of its scope do not have';
  }
  const { variables, names, loops } = surroundingsOf(definition, judge, used, templates, context);
  const holds = partOf(expression, names);
  const guard = when === undefined ? undefined : partOf(when, names);
  const body = guard === undefined ? holds.text : `${guard.negated} || ${holds.operand}`;
  const says = message === undefined ? undefined : partOf(message, names).text;
  const fails = `${guard === undefined ? '' : `${guard.operand} && `}${holds.negated}`;
  return {
    variables,
    expression: ofType('bool', forAll(loops, body)),
    ...(says === undefined ? {} : { messageExpression: ofType('string', firstOf(loops, fails, says)) }),
    // The API server takes no message of several lines.
    message: (judge.text ?? definition.title).replaceAll(/\s+/g, ' '),
    minimumMinor: minor,
  };
}

function partOf(names: ExpressionNames, renames: ReadonlyMap<string, string>): Part {
  const renamed = names.rename(renames).trim();
  // A comment at the end would take in what is written behind it.
  const text = renamed.slice(renamed.lastIndexOf('\n') + 1).includes('//') ? `${renamed}\n` : renamed;
  const inner = `(${text})`;
  const negated = names.isNegation ? text.slice(1).trimStart() : `!${names.isMember ? text : inner}`;
  return { text, operand: names.isOperand ? text : inner, negated };
}

/**
 * The API server takes an expression only when its type is the one asked for, where a dynamic one will not do
 * (`expression` is a bool, `messageExpression` a string).
 */
function ofType(type: 'bool' | 'string', text: string): string {
  if (!isDynamic(type, text)) return text;
  return type === 'string' ? `string(${text})` : `(${text}) == true`;
}

function isDynamic(type: 'bool' | 'string', text: string): boolean {
  // What macros bind has no type of its own, so that the type of a whole expression can be asked for.
  return checkCel(text, admissionEnvironment()) !== type;
}
