import { fromJson, JsonSyntaxError, type RegoValue, stringifyRego } from '../values/index.ts';
import { type BuiltinArguments, type BuiltinContext, type BuiltinFamily, builtinError } from './builtin.ts';
import { checkLength, objectOperand, stringOperand } from './operands.ts';
import { executeTemplate } from './template/execute.ts';
import { TemplateError } from './template/nodes.ts';
import { parseTemplate } from './template/parse.ts';

/** The data as JSON: what a term prints must be JSON, so that sets and keys that are no strings are refused. */
function readData(object: RegoValue): RegoValue {
  return fromJson(stringifyRego(object));
}

/** The text of a template of Go's text/template; what is absent in the data is `<undefined>`. */
function render(args: BuiltinArguments, context: BuiltinContext): string {
  const text = stringOperand(args, 1);
  const object = objectOperand(args, 2);
  const meter = {
    onLength: (length: number) => checkLength(length, context),
    onStep: () => context.chargeSteps(1),
  };
  try {
    const data = readData(object);
    return executeTemplate(parseTemplate(text), data, meter).replaceAll('<no value>', '<undefined>');
  } catch (error) {
    if (error instanceof TemplateError || error instanceof JsonSyntaxError) throw builtinError(error.message);
    throw error;
  }
}

export const renderTemplate: BuiltinFamily = { 'strings.render_template': render };
