const numbers = ['int', 'uint', 'double'];
const ordered = [
  'bool',
  ...numbers,
  'string',
  'bytes',
  'google.protobuf.Timestamp',
  'google.protobuf.Duration',
];
const timestamp = 'google.protobuf.Timestamp';
const duration = 'google.protobuf.Duration';

function each(types: readonly string[], signature: (type: string) => string): string[] {
  return types.map(signature);
}

/** Numbers compare across types (cel-spec, "Ordering"). */
function relation(name: string): string[] {
  const mixed = numbers.flatMap((a) =>
    numbers.filter((b) => a !== b).map((b) => `${name}(${a}, ${b}) -> bool`),
  );
  return [...each(ordered, (type) => `${name}(${type}, ${type}) -> bool`), ...mixed];
}

/** Signatures of the operators, under names of our own. */
export const operatorDeclarations: readonly string[] = [
  ...each([...numbers, 'string', 'bytes', 'list(A)'], (type) => `op_add(${type}, ${type}) -> ${type}`),
  `op_add(${timestamp}, ${duration}) -> ${timestamp}`,
  `op_add(${duration}, ${timestamp}) -> ${timestamp}`,
  `op_add(${duration}, ${duration}) -> ${duration}`,
  ...each(numbers, (type) => `op_sub(${type}, ${type}) -> ${type}`),
  `op_sub(${timestamp}, ${duration}) -> ${timestamp}`,
  `op_sub(${timestamp}, ${timestamp}) -> ${duration}`,
  `op_sub(${duration}, ${duration}) -> ${duration}`,
  ...each(numbers, (type) => `op_mul(${type}, ${type}) -> ${type}`),
  ...each(numbers, (type) => `op_div(${type}, ${type}) -> ${type}`),
  ...each(['int', 'uint'], (type) => `op_mod(${type}, ${type}) -> ${type}`),
  ...each(['int', 'double'], (type) => `op_neg(${type}) -> ${type}`),
  'op_not(bool) -> bool',
  'op_eq(A, A) -> bool',
  'op_in(A, list(A)) -> bool',
  'op_in(A, map(A, B)) -> bool',
  'op_index(list(A), int) -> A',
  'op_index(map(A, B), A) -> B',
  ...relation('op_less'),
];

/** The name of each operator above. */
export const operatorNames: Readonly<Record<string, string>> = {
  '+': 'op_add',
  '-': 'op_sub',
  '*': 'op_mul',
  '/': 'op_div',
  '%': 'op_mod',
  '==': 'op_eq',
  '!=': 'op_eq',
  '<': 'op_less',
  '<=': 'op_less',
  '>': 'op_less',
  '>=': 'op_less',
  in: 'op_in',
};
