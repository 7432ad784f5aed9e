/**
 * An evaluation error on its way through generated code. It is no `Error`: logical operators absorb errors
 * (cel-spec, "Logical Operators"), so making one must not cost a stack trace. `run` turns what escapes into
 * a CelError.
 */
export class CelFault {
  readonly message: string;
  readonly code: 'CEL_EVALUATION' | 'CEL_COST';

  constructor(message: string, code: 'CEL_EVALUATION' | 'CEL_COST' = 'CEL_EVALUATION') {
    this.message = message;
    this.code = code;
  }
}

export function noSuchOverload(): CelFault {
  return new CelFault('no such overload');
}

export function noSuchKey(key: unknown): CelFault {
  return new CelFault(`no such key: ${String(key)}`);
}

/** What a logical operator may absorb: every fault but a spent budget. Rethrows the rest. */
export function absorbable(thrown: unknown): CelFault {
  if (thrown instanceof CelFault && thrown.code !== 'CEL_COST') return thrown;
  throw thrown;
}
