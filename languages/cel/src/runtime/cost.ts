import { CelFault } from './fault.ts';
import { CelBytes, CelMap, CelObject, type CelValue } from './values.ts';

/** What an evaluation may cost and has cost, in Kubernetes' units. */
export interface CelBudget {
  readonly limit: number;
  spent: number;
}

/** Adds to the cost. Throws a fault that no operator absorbs when the limit is passed. */
export function spend(budget: CelBudget, cost: number): void {
  budget.spent += cost;
  if (budget.spent > budget.limit) {
    throw new CelFault(
      `operation cancelled: actual cost limit exceeded (costLimit ${budget.limit})`,
      'CEL_COST',
    );
  }
}

const traversal = 0.1;
const regexFactor = 0.25;

/** Size as cost rules take it: length of strings, bytes, lists and maps, 1 for anything else. */
function size(value: CelValue | undefined): number {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  if (value instanceof CelBytes) return value.value.length;
  if (value instanceof CelMap) return value.size;
  if (value instanceof CelObject || typeof value !== 'object' || value === null) return 1;
  return Object.keys(value).length;
}

function scaled(factor: number, ...values: (CelValue | undefined)[]): number {
  return Math.ceil(values.reduce<number>((sum, value) => sum + size(value), 0) * factor);
}

/** One walk over a value: 1 a scalar, a tenth of a string's length, recursive. */
function traverse(value: CelValue): number {
  if (typeof value === 'string') return Math.floor(value.length * traversal);
  if (value instanceof CelBytes) return Math.floor(value.value.length * traversal);
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + traverse(item), 0);
  return 1;
}

function equality(a: CelValue, b: CelValue): number {
  if (a instanceof CelObject && !(a instanceof CelBytes || a instanceof CelMap)) return 1;
  return Math.ceil(Math.min(size(a), size(b)) * traversal);
}

function pattern(text: CelValue, regex: CelValue): number {
  return Math.ceil((size(text) + 1) * traversal) * Math.ceil(size(regex) * regexFactor);
}

type CostRule = (args: readonly CelValue[], result: CelValue) => number;

const first: CostRule = ([value]) => scaled(traversal, value);
const second: CostRule = ([, value]) => scaled(traversal, value);
const walk: CostRule = ([value]) => (value === undefined ? 1 : traverse(value));
const doubled: CostRule = ([value]) => scaled(2 * traversal, value);
const stringOnly: CostRule = ([value]) => (typeof value === 'string' ? scaled(traversal, value) : 1);
const compared: CostRule = ([a = null, b = null]) => equality(a, b);
const regex: CostRule = ([text = null, expression = null]) => pattern(text, expression);
const product: CostRule = ([a, b]) => scaled(traversal, a) * scaled(traversal, b);
const sets: CostRule = ([a, b]) => size(a) * size(b) + 1;

function search([value, item]: readonly CelValue[]): number {
  return typeof value === 'string'
    ? product([value, item ?? ''], 0)
    : value === undefined
      ? 1
      : traverse(value);
}

function textLength(value: CelValue | undefined): number {
  return typeof value === 'string' ? Math.ceil(value.length * traversal) : 0;
}

/** Kubernetes' rules for calls (apiserver pkg/cel/library/cost.go, cel-go interpreter/runtimecost.go). */
const rules = new Map<string, CostRule>([
  ['==', compared],
  ['!=', compared],
  ['<', compared],
  ['<=', compared],
  ['>', compared],
  ['>=', compared],
  ['+', ([a, b]) => (typeof a === 'string' || a instanceof CelBytes ? scaled(traversal, a, b) : 1)],
  ['in', ([, container]) => (Array.isArray(container) ? container.length : 1)],
  ['.startsWith', second],
  ['.endsWith', second],
  ['.contains', product],
  ['bytes', stringOnly],
  ['string', ([value]) => (value instanceof CelBytes ? scaled(traversal, value) : 1)],
  ['matches', regex],
  ['.matches', regex],
  ['.find', regex],
  ['.findAll', regex],
  ['strings.quote', first],
  ['.format', first],
  ['.lowerAscii', first],
  ['.upperAscii', first],
  ['.substring', first],
  ['.trim', first],
  ['url', stringOnly],
  ['isURL', stringOnly],
  ['quantity', stringOnly],
  ['isQuantity', stringOnly],
  ['semver', stringOnly],
  ['isSemver', stringOnly],
  ['ip', stringOnly],
  ['isIP', stringOnly],
  ['cidr', stringOnly],
  ['isCIDR', stringOnly],
  ['jsonpatch.escapeKey', stringOnly],
  ['.replace', doubled],
  ['.split', doubled],
  ['ip.isCanonical', doubled],
  ['.validate', validation],
  ['.join', (_, result) => scaled(2 * traversal, result)],
  ['.isSorted', walk],
  ['.sum', walk],
  ['.min', walk],
  ['.max', walk],
  ['.indexOf', search],
  ['.lastIndexOf', search],
  ['sets.contains', sets],
  ['sets.intersects', sets],
  ['sets.equivalent', ([a, b]) => 2 * size(a) * size(b) + 1],
  ['.containsIP', ([cidr, ip]) => Math.ceil(2 * addressSize(cidr) * traversal) + textLength(ip)],
  [
    '.containsCIDR',
    ([cidr, inner]) =>
      Math.ceil(2 * addressSize(cidr) * traversal) +
      Math.ceil(addressSize(cidr) * traversal) +
      1 +
      textLength(inner),
  ],
]);

/** Bytes of the prefix of a CIDR. */
function addressSize(value: CelValue | undefined): number {
  return Math.ceil(Number(String(value).split('/')[1] ?? 0) / 8);
}

/** Pattern lengths by which Kubernetes charges the validation of a format. */
const formatSizes = new Map([
  ['dns1123Label', 30],
  ['dns1123LabelPrefix', 30],
  ['dns1035Label', 30],
  ['dns1035LabelPrefix', 30],
  ['dns1123Subdomain', 60],
  ['dns1123SubdomainPrefix', 60],
  ['qualifiedName', 60],
  ['labelValue', 40],
]);
const otherFormatSize = 1000;

function validation([format, text = null]: readonly CelValue[]): number {
  const name = format instanceof CelObject ? format.field('name') : undefined;
  const length = formatSizes.get(String(name)) ?? otherFormatSize;
  return Math.ceil((size(text) + 1) * traversal) * Math.ceil(length * regexFactor);
}

/** The cost of a call beyond that of its arguments; operators go by their sign. */
export function callCost(name: string, args: readonly CelValue[], result: CelValue): number {
  return rules.get(name)?.(args, result) ?? 1;
}
