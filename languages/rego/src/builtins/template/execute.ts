import { entriesSorted, isArray, isObjectValue } from '../../values/index.ts';
import { arityFault, FunctionError, functions } from './functions.ts';
import {
  type Branch,
  type Command,
  maxTemplateDepth,
  type Operand,
  type Pipe,
  type Statement,
  type Template,
  TemplateError,
} from './nodes.ts';
import { dataOf, isTrue, memberOf, printValue, type Value } from './value.ts';

/** What hears of the work of a template and may throw to end it. */
export interface Meter {
  onLength(length: number): void;
  onStep(): void;
}

/** The text of a template with its data; throws `TemplateError`. */
export function executeTemplate(template: Template, data: Value, meter: Meter): string {
  const execution = new Execution(template, meter);
  execution.run(template.main, data);
  return execution.text;
}

type Outcome = 'done' | 'break' | 'continue';

interface Variable {
  readonly name: string;
  value: Value;
}

/** A value given on to a command, apart from none. */
interface Given {
  readonly value: Value;
}

class Execution {
  text = '';
  readonly #template: Template;
  readonly #meter: Meter;
  #variables: Variable[] = [];
  #name = 'template';
  #depth = 0;

  constructor(template: Template, meter: Meter) {
    this.#template = template;
    this.#meter = meter;
  }

  run(statements: readonly Statement[], data: Value): void {
    const variables = this.#variables;
    this.#variables = [{ name: '$', value: data }];
    this.#list(statements, data);
    this.#variables = variables;
  }

  #list(statements: readonly Statement[], dot: Value): Outcome {
    for (const statement of statements) {
      const outcome = this.#statement(statement, dot);
      if (outcome !== 'done') return outcome;
    }
    return 'done';
  }

  #statement(statement: Statement, dot: Value): Outcome {
    this.#meter.onStep();
    switch (statement.kind) {
      case 'text':
        this.#write(statement.text);
        return 'done';
      case 'action': {
        const value = this.#pipe(statement.pipe, dot);
        if (statement.pipe.variables.length === 0) this.#write(printValue(value));
        return 'done';
      }
      case 'template':
        this.#call(statement.name, statement.at, statement.pipe, dot);
        return 'done';
      case 'break':
      case 'continue':
        return statement.kind;
    }
    return this.#branch(statement, dot);
  }

  #write(text: string): void {
    this.text += text;
    this.#meter.onLength(this.text.length);
  }

  #call(name: string, at: number, pipe: Pipe | undefined, dot: Value): void {
    const body = this.#template.defined.get(name);
    if (body === undefined) throw this.#fault(at, `{{template "${name}"}}`, `template "${name}" not defined`);
    if (++this.#depth > maxTemplateDepth) {
      throw this.#fault(
        at,
        `{{template "${name}"}}`,
        `exceeded maximum template depth (${maxTemplateDepth})`,
      );
    }
    const data = pipe === undefined ? undefined : this.#pipe(pipe, dot);
    const before = this.#name;
    this.#name = name;
    this.run(body, data);
    this.#name = before;
    this.#depth--;
  }

  #branch(branch: Branch, dot: Value): Outcome {
    const known = this.#variables.length;
    const value = this.#pipe(branch.pipe, dot);
    const outcome =
      branch.kind === 'range' ? this.#range(branch, value, dot) : this.#choose(branch, value, dot);
    this.#variables.length = known;
    return outcome;
  }

  #choose({ kind, body, otherwise }: Branch, value: Value, dot: Value): Outcome {
    if (!isTrue(value)) return this.#list(otherwise, dot);
    return this.#list(body, kind === 'with' ? value : dot);
  }

  #range(branch: Branch, value: Value, dot: Value): Outcome {
    const entries = this.#entries(branch, value);
    const known = this.#variables.length;
    let isEmpty = true;
    for (const [key, item] of entries) {
      isEmpty = false;
      this.#meter.onStep();
      this.#bind(branch.pipe, key, item);
      const outcome = this.#list(branch.body, item);
      this.#variables.length = known;
      if (outcome === 'break') break;
    }
    return isEmpty ? this.#list(branch.otherwise, dot) : 'done';
  }

  #bind({ variables, assigns }: Pipe, key: Value, item: Value): void {
    const [first, second] = variables;
    if (first === undefined) return;
    const values = second === undefined ? [item] : [key, item];
    for (const [i, name] of variables.entries()) {
      if (assigns) this.#assign(name, values[i]);
      else this.#variables.push({ name, value: values[i] });
    }
  }

  *#entries(branch: Branch, value: Value): Generator<readonly [Value, Value]> {
    const data = dataOf(value);
    if (typeof value === 'bigint') {
      for (let i = 0n; i < value; i++) yield [i, i];
    } else if (isArray(data)) {
      for (const [i, item] of data.entries()) yield [BigInt(i), item];
    } else if (isObjectValue(data)) yield* entriesSorted(data);
    else if (value !== undefined && value !== null) {
      const [command] = branch.pipe.commands;
      throw this.#fault(branch.pipe.at, command?.text ?? '', `range can't iterate over ${printValue(value)}`);
    }
  }

  #assign(name: string, value: Value): void {
    const variable = this.#variables.findLast((known) => known.name === name);
    if (variable !== undefined) variable.value = value;
  }

  #pipe(pipe: Pipe, dot: Value): Value {
    let given: Given | undefined;
    for (const command of pipe.commands) given = { value: this.#command(command, dot, given) };
    const value = given?.value;
    // The variables of a range are given each item, not the whole.
    if (pipe.variables.length === 1 && pipe.variables[0] !== undefined) {
      if (pipe.assigns) this.#assign(pipe.variables[0], value);
      else this.#variables.push({ name: pipe.variables[0], value });
    }
    return value;
  }

  #command(command: Command, dot: Value, given: Given | undefined): Value {
    const [first, ...rest] = command.operands;
    if (first === undefined) return undefined;
    if (first.kind === 'function') return this.#function(first.name, command, rest, dot, given);
    if (rest.length > 0 || given !== undefined) throw this.#notCallable(first, command);
    if (first.kind === 'nil') throw this.#fault(first.at, 'nil', 'nil is not a command');
    return this.#operand(first, command, dot);
  }

  #notCallable(first: Operand, command: Command): TemplateError {
    const names = first.kind === 'field' || first.kind === 'variable' ? first.names : [];
    const name = names.at(-1);
    if (name === undefined) {
      return this.#fault(first.at, command.text, `can't give argument to non-function ${command.text}`);
    }
    const context = names.map((step) => `.${step}`).join('');
    return this.#fault(first.at, context, `${name} is not a method but has arguments`);
  }

  #function(
    name: string,
    command: Command,
    operands: readonly Operand[],
    dot: Value,
    given: Given | undefined,
  ): Value {
    const last = given === undefined ? [] : [given.value];
    const fault = arityFault(name, operands.length + last.length);
    if (fault !== undefined) throw this.#fault(command.at, name, fault);
    if (name === 'and' || name === 'or') return this.#shortCut(name, command, operands, dot, last);
    const args = [...operands.map((operand) => this.#operand(operand, command, dot)), ...last];
    const call = functions.get(name);
    try {
      return call?.(args);
    } catch (error) {
      if (!(error instanceof FunctionError)) throw error;
      throw this.#fault(command.at, command.text, `error calling ${name}: ${error.message}`);
    }
  }

  /** `and` and `or` look at no argument after the one that decides. */
  #shortCut(
    name: string,
    command: Command,
    operands: readonly Operand[],
    dot: Value,
    last: readonly Value[],
  ): Value {
    let value: Value;
    for (const operand of operands) {
      value = this.#operand(operand, command, dot);
      if (isTrue(value) === (name === 'or')) return value;
    }
    return last.length > 0 ? last[0] : value;
  }

  #operand(operand: Operand, command: Command, dot: Value): Value {
    switch (operand.kind) {
      case 'dot':
        return dot;
      case 'nil':
        return null;
      case 'constant':
        return operand.value;
      case 'field':
        return this.#fields(dot, operand.names, operand);
      case 'variable': {
        const variable = this.#variables.findLast(({ name }) => name === operand.name);
        return this.#fields(variable?.value, operand.names, operand);
      }
      case 'function':
        return this.#function(operand.name, command, [], dot, undefined);
      case 'pipe':
        return this.#fields(this.#pipe(operand.pipe, dot), operand.names, operand);
    }
  }

  #fields(start: Value, names: readonly string[], operand: Operand): Value {
    let value = start;
    for (const name of names) {
      if (value === undefined) return undefined;
      const context = names.map((step) => `.${step}`).join('');
      if (value === null)
        throw this.#fault(operand.at, context, `nil pointer evaluating interface {}.${name}`);
      const member = memberOf(value, name);
      if (member === undefined) {
        throw this.#fault(operand.at, context, `can't evaluate field ${name} in type interface {}`);
      }
      value = member.found;
    }
    return value;
  }

  #fault(at: number, context: string, message: string): TemplateError {
    const before = this.#template.text.slice(0, at);
    const line = before.split('\n').length;
    const column = before.length - (before.lastIndexOf('\n') + 1);
    return new TemplateError(
      `template: template:${line}:${column}: executing "${this.#name}" at <${context}>: ${message}`,
    );
  }
}
