import { KeelsonError } from '@keelson/core';

/** The closed table of the language: OPA's own codes, and those of our limits. */
export const regoErrorCodes = Object.freeze({
  rego_parse_error: 'A module or query is not Rego.',
  rego_compile_error: 'A module breaks a rule of the language that the parser does not see.',
  rego_unsafe_var_error: 'A variable can have no value when it is used.',
  rego_type_error: 'A value has a type that its use does not allow, or a function is not defined.',
  rego_recursion_error: 'A rule or function depends on itself.',
  eval_internal_error: 'The evaluation came to a state that it should not.',
  eval_conflict_error: 'A rule has several values where it may have one.',
  eval_type_error: 'A built-in function was given an argument of a wrong type.',
  eval_builtin_error: 'A built-in function could not do its work.',
  eval_with_merge_error: 'A value given by "with" does not fit the document that it replaces.',
  eval_cancel_error: 'The evaluation was cancelled, or passed its time limit.',
  bundle_error:
    'A bundle or a document of data is damaged, or holds what its manifest or signature does not allow.',
  eval_limit_error: 'The evaluation or the text passed a bound, which the message names.',
});
export type RegoErrorCode = keyof typeof regoErrorCodes;

/** A fault of a module, a query or an evaluation. */
export class RegoError extends KeelsonError<RegoErrorCode> {}
