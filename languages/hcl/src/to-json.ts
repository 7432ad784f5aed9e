import { createObject, isObject, type JsonObject, type JsonValue, type Span } from '@keelson/core';
import type { HclBlock, HclBody, HclExpression, HclFile, HclTemplatePart } from './ast.ts';
import { hclError } from './error.ts';
import { numberText, numberValue } from './number.ts';

/** Told where each value of the JSON stands: the object or list that holds it, and its key or index there. */
export type HclPlacing = (holder: JsonObject | JsonValue[], step: string | number, span: Span) => void;

/**
 * A file as JSON, in the form that policies for Terraform know (that of the program hcl2json): a block is an item of
 * a list below its type and labels, literals are values, and any other expression is the text `${…}` with its source.
 *
 * @throws KeelsonError HCL_VALUE for what has no such form.
 */
export function hclToJson(file: HclFile, place: HclPlacing = () => {}): JsonObject {
  return new JsonWriter(file, place).body(file.body);
}

class JsonWriter {
  readonly #file: HclFile;
  readonly #place: HclPlacing;

  constructor(file: HclFile, place: HclPlacing) {
    this.#file = file;
    this.#place = place;
  }

  body({ attributes, blocks }: HclBody): JsonObject {
    const out = createObject();
    for (const block of blocks) this.#block(out, block);
    for (const { name, nameSpan, expression } of attributes) {
      out[name] = this.#value(expression);
      this.#place(out, name, { start: nameSpan.start, end: expression.span.end });
    }
    return out;
  }

  #block(out: JsonObject, block: HclBlock): void {
    const { type, labels, headSpan, span } = block;
    const steps = [type, ...labels];
    const last = steps.pop() ?? type;
    let holder = out;
    for (const step of steps) {
      const inner = Object.hasOwn(holder, step) ? holder[step] : createObject();
      if (!isObject(inner)) throw this.#mixed(type, headSpan);
      if (!Object.hasOwn(holder, step)) {
        holder[step] = inner;
        this.#place(holder, step, headSpan);
      }
      holder = inner;
    }
    const list = Object.hasOwn(holder, last) ? holder[last] : [];
    if (!Array.isArray(list)) throw this.#mixed(type, headSpan);
    if (list.length === 0) {
      holder[last] = list;
      this.#place(holder, last, headSpan);
    }
    this.#place(list, list.length, span);
    list.push(this.body(block.body));
  }

  #mixed(type: string, span: Span): Error {
    const message = `blocks ${type} have different numbers of labels`;
    return hclError(this.#file.source, 'HCL_VALUE', message, span.start);
  }

  #value(expression: HclExpression): JsonValue {
    switch (expression.type) {
      case 'literal':
        return expression.value;
      case 'number':
        return numberValue(expression.text);
      case 'unary':
        return this.#unary(expression.operator, expression.operand, expression);
      case 'template':
        return this.#template(expression.parts);
      case 'wrap':
        return this.#value(expression.expression);
      case 'tuple': {
        const list: JsonValue[] = [];
        for (const item of expression.items) {
          this.#place(list, list.length, item.span);
          list.push(this.#value(item));
        }
        return list;
      }
      case 'object': {
        const out = createObject();
        for (const { key, value } of expression.items) {
          const name = this.#key(key);
          out[name] = this.#value(value);
          this.#place(out, name, { start: key.span.start, end: value.span.end });
        }
        return out;
      }
    }
    return this.#source(expression);
  }

  #unary(operator: '-' | '!', operand: HclExpression, whole: HclExpression): JsonValue {
    if (operand.type === 'number' && operator === '-') return numberValue(`-${operand.text}`);
    if (operand.type !== 'literal' && operand.type !== 'number') return this.#source(whole);
    if (operand.type === 'literal' && typeof operand.value === 'boolean' && operator === '!')
      return !operand.value;
    throw hclError(
      this.#file.source,
      'HCL_VALUE',
      `${operator} cannot stand before this value`,
      whole.span.start,
    );
  }

  /** A bare name, `a.b` and the like are keys as they are written. */
  #key(key: HclExpression): string {
    return isReference(key) ? this.#text(key.span) : this.#part(key);
  }

  #template(parts: readonly HclTemplatePart[]): string {
    return parts.map((part) => this.#part(part)).join('');
  }

  /** An expression within text, in the syntax of templates. */
  #part(part: HclTemplatePart): string {
    switch (part.type) {
      case 'literal':
        return String(part.value).replace(/\$\{|%\{/g, (sign) => sign[0] + sign);
      case 'number':
        return numberText(part.text);
      case 'template':
        return this.#template(part.parts);
      case 'wrap':
        return this.#part(part.expression);
      case 'conditional':
        return this.#if(part.condition, this.#part(part.whenTrue), this.#part(part.whenFalse));
      case 'template-if':
        return this.#if(part.condition, this.#template(part.whenTrue), this.#template(part.whenFalse));
      case 'template-for': {
        const names = part.keyName === undefined ? part.valueName : `${part.keyName}, ${part.valueName}`;
        const head = `%{for ${names} in ${this.#text(part.collection.span)}}`;
        return `${head}${this.#template(part.body)}%{endfor}`;
      }
    }
    return this.#source(part);
  }

  #if(condition: HclExpression, then: string, otherwise: string): string {
    const second = otherwise === '' ? '' : `%{else}${otherwise}`;
    return `%{if ${this.#text(condition.span)}}${then}${second}%{endif}`;
  }

  #source({ span }: HclExpression): string {
    return `\${${this.#text(span)}}`;
  }

  #text({ start, end }: Span): string {
    return this.#file.source.text.slice(start, end);
  }
}

/** A name with attributes and constant indexes behind it. */
function isReference(expression: HclExpression): boolean {
  let current = expression;
  for (;;) {
    if (current.type === 'variable') return true;
    if (current.type === 'index' && !isConstant(current.key)) return false;
    if (current.type !== 'attribute' && current.type !== 'index') return false;
    current = current.of;
  }
}

function isConstant(key: HclExpression): boolean {
  if (key.type === 'template') return key.parts.every(({ type }) => type === 'literal');
  return key.type === 'literal' || key.type === 'number';
}
