import { SourceText } from '@keelson/core';
import type { HclAttribute, HclBlock, HclBody, HclFile } from './ast.ts';
import { Cursor } from './cursor.ts';
import { hclError } from './error.ts';
import { readExpression } from './expression.ts';
import { type HclLimits, resolveLimits } from './limits.ts';
import { unescapeText } from './string-literal.ts';
import type { Token } from './token.ts';

export interface HclOptions {
  /** Bounds; those not given keep their defaults (`defaultHclLimits`). */
  readonly limits?: Partial<HclLimits>;
}

/**
 * Reads a file of HCL's native syntax (HCL 2; `.tf`, `.tfvars`, `.hcl`). Nothing is evaluated.
 *
 * @throws KeelsonError HCL_SYNTAX, HCL_LIMIT with file, line and column of the first fault.
 */
export function parseHcl(input: SourceText | string, options: HclOptions = {}): HclFile {
  const source = typeof input === 'string' ? new SourceText('', input) : input;
  const limits = resolveLimits(options.limits);
  if (source.text.length > limits.maxLength)
    throw hclError(source, 'HCL_LIMIT', `the text is longer than maxLength, ${limits.maxLength}`, 0);
  const cursor = new Cursor(source, limits);
  return { source, body: readBody(cursor) };
}

/** The items up to the end of the text, or up to the brace that ends the block. */
function readBody(cursor: Cursor, block?: { start: number }): HclBody {
  const attributes = new Map<string, HclAttribute>();
  const blocks: HclBlock[] = [];
  for (;;) {
    if (cursor.take('newline')) continue;
    if (cursor.is('end')) {
      if (block !== undefined) throw cursor.error('this block has no } that ends it', block);
      break;
    }
    if (block !== undefined && cursor.take('symbol', '}')) break;
    if (!cursor.is('name')) throw cursor.unexpected('an attribute or a block must stand here');
    const name = cursor.read();
    if (cursor.isSymbol('=')) addAttribute(cursor, attributes, readAttribute(cursor, name));
    else blocks.push(cursor.deeper(() => readBlock(cursor, name)));
    if (!cursor.is('end') && !cursor.take('newline'))
      throw cursor.unexpected('an attribute or a block ends with its line');
  }
  return { attributes: [...attributes.values()], blocks };
}

function addAttribute(cursor: Cursor, all: Map<string, HclAttribute>, attribute: HclAttribute): void {
  if (all.has(attribute.name)) throw cursor.error(`${attribute.name} is set twice`, attribute.nameSpan);
  all.set(attribute.name, attribute);
}

function readAttribute(cursor: Cursor, { text, start, end }: Token): HclAttribute {
  cursor.expect('=', 'an attribute is set with =');
  return { name: text, nameSpan: { start, end }, expression: readExpression(cursor) };
}

function readBlock(cursor: Cursor, type: Token): HclBlock {
  const labels: string[] = [];
  for (;;) {
    if (cursor.is('name')) labels.push(cursor.read().text);
    else if (cursor.is('open-quote')) labels.push(readLabel(cursor));
    else break;
  }
  cursor.expect('{', labels.length === 0 ? '= or { must follow a name' : 'a label or { must stand here');
  const headSpan = cursor.since(type.start);
  const onOneLine = !cursor.is('newline') && !cursor.is('end') && !cursor.isSymbol('}');
  const body = onOneLine ? readOneLine(cursor) : readBody(cursor, type);
  return { type: type.text, labels, headSpan, span: cursor.since(type.start), body };
}

/** `{ name = value }` on one line holds a single attribute. */
function readOneLine(cursor: Cursor): HclBody {
  if (!cursor.is('name')) throw cursor.unexpected('an attribute must stand here');
  const attribute = readAttribute(cursor, cursor.read());
  cursor.expect('}', 'a block on one line holds one attribute and ends with }');
  return { attributes: [attribute], blocks: [] };
}

/** A label in quotes, which has no templates. */
function readLabel(cursor: Cursor): string {
  cursor.read();
  const token = cursor.peek();
  const label = token.kind === 'quoted' ? unescapeLabel(cursor, cursor.read()) : '';
  if (!cursor.take('close-quote')) throw cursor.unexpected('a label is plain text and ends with a quote');
  return label;
}

function unescapeLabel({ source }: Cursor, { text, start }: Token): string {
  return unescapeText(source, text, start, true);
}
