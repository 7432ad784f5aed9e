import type { Frame } from './frame.ts';
import { equalityCode } from './matches.ts';

/** JavaScript for a call in place of the built-in. */
export interface InlineCall {
  /** The value; undefined where only the built-in itself can tell. */
  readonly value: string;
  /** Tells whether the value is not false; only where it is always known. */
  readonly test?: string;
}

type Inline = (args: readonly string[], frame: Frame) => InlineCall | undefined;

function total(code: string): InlineCall {
  return { value: code, test: code };
}

function comparison(operator: '<' | '<=' | '>' | '>='): Inline {
  return ([a, b], frame) => {
    if (a === undefined || b === undefined) return undefined;
    const numbers = `typeof ${a} === 'number' && typeof ${b} === 'number'`;
    return total(
      `(${numbers} ? ${a} ${operator} ${b} : ${frame.unit.use('compare')}(${a}, ${b}) ${operator} 0)`,
    );
  };
}

function equality(wanted: boolean): Inline {
  return ([a, b], frame) => {
    if (a === undefined || b === undefined) return undefined;
    const code = equalityCode(a, b, frame);
    return total(wanted ? `(${code})` : `!(${code})`);
  };
}

function viaRuntime(name: 'plus' | 'minus' | 'times' | 'count' | 'member2' | 'startsWith'): Inline {
  return (args, frame) => ({ value: `${frame.unit.use(name)}(${args.join(', ')})` });
}

/** Built-ins that are worth it, by name. */
export const inlineCalls: ReadonlyMap<string, Inline> = new Map<string, Inline>([
  ['equal', equality(true)],
  ['neq', equality(false)],
  ['lt', comparison('<')],
  ['lte', comparison('<=')],
  ['gt', comparison('>')],
  ['gte', comparison('>=')],
  ['plus', viaRuntime('plus')],
  ['minus', viaRuntime('minus')],
  ['mul', viaRuntime('times')],
  ['count', viaRuntime('count')],
  ['internal.member_2', viaRuntime('member2')],
  ['startswith', viaRuntime('startsWith')],
]);
