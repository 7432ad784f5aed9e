import { formatDiagnostic, RegoSyntaxError } from '../syntax/diagnostic.ts';
import { moduleJson } from '../syntax/json.ts';
import { parseModule } from '../syntax/parse.ts';
import type { RegoValue } from '../values/index.ts';
import { type BuiltinArguments, type BuiltinCall, type BuiltinFamily, builtinError } from './builtin.ts';
import { operand, wrongType } from './operands.ts';

/** OPA counts each text as its first operand. */
function text(value: RegoValue): string {
  if (typeof value !== 'string') throw wrongType(1, value, 'string');
  return value;
}

/** The tree of a module. */
function parse(args: BuiltinArguments): RegoValue {
  const file = text(operand(args, 1));
  const source = text(operand(args, 2));
  try {
    return moduleJson(parseModule(file, source), { comments: true });
  } catch (error) {
    if (!(error instanceof RegoSyntaxError)) throw error;
    const [first] = error.diagnostics;
    // A text without a line in it is no list of errors.
    const isEmpty = first?.location?.row === 0;
    throw builtinError(isEmpty ? formatDiagnostic(first) : error.message);
  }
}

/** The compiler puts the metadata in the place of calls in rules, so what is called stands in none. */
function outsideOfRules(name: string): BuiltinCall {
  return () => {
    throw builtinError(`the ${name} function must only be called within the scope of a rule`);
  };
}

export const regoModules: BuiltinFamily = {
  'rego.metadata.chain': outsideOfRules('rego.metadata.chain'),
  'rego.metadata.rule': outsideOfRules('rego.metadata.rule'),
  'rego.parse_module': parse,
};
