import { isKeelsonError, type JsonObject, type SourceLocation } from '@keelson/core';
import {
  type EvaluationError,
  type JsonResult,
  type Module,
  Policy,
  parseModule,
  type RegoVersion,
} from '@keelson/rego';
import { PolicyError } from '../errors.ts';
import { fromRego, objectAt, toRego } from '../json.ts';
import { type Explain, Explainer } from '../rego/explainer.ts';
import { wordsOfFault } from '../rego/fault-words.ts';
import { withoutNetwork } from '../rego/network.ts';
import { type Engine, type EngineOptions, type EngineViolation, policyLimits } from './engine.ts';
import type { Inventory } from './inventory.ts';
import { checkEntryModule, checkLibrary } from './rego-check.ts';
import { type Review, reviewedRequest } from './review.ts';

/** A module of a template and where its text begins. */
export interface TemplateModule {
  readonly text: string;
  /** The place of a line of the text, counted from 1. */
  readonly locate: (line: number) => SourceLocation | undefined;
}

/** The Rego of a template. */
export class RegoEngine implements Engine {
  readonly name = 'Rego';
  readonly #policy: Policy;
  readonly #entrypoint: string;
  readonly #options: EngineOptions;
  readonly #explainer: Explainer;

  /** @throws PolicyError POLICY_CODE at the line of the template */
  constructor(
    entry: TemplateModule,
    libraries: readonly TemplateModule[],
    version: RegoVersion,
    options: EngineOptions,
  ) {
    this.#options = options;
    const texts = new Map([
      ['template', entry],
      ...libraries.map((library, i) => [`library ${i + 1}`, library] as const),
    ]);
    const modules = new Map<string, Module>();
    for (const [name, { text, locate }] of texts) {
      modules.set(
        name,
        placed(
          () => {
            const module = parseModule(name, text, { version });
            if (name === 'template') checkEntryModule(module);
            else checkLibrary(module);
            return module;
          },
          () => locate,
        ),
      );
    }
    this.#policy = placed(
      () =>
        new Policy(modules, {
          version,
          limits: { ...policyLimits, ...options.limits },
          ...withoutNetwork(modules.values(), options.host),
        }),
      (file) => texts.get(file)?.locate ?? entry.locate,
    );
    this.#entrypoint = `${referenceOf(modules.get('template'))}.violation`;
    this.#explainer = new Explainer(this.#policy, this.#entrypoint, {
      objectAt: ['review', 'object'],
      locate: ({ file, row }) => texts.get(file)?.locate(row),
    });
  }

  evaluate(review: Review, constraint: JsonObject, inventory: Inventory): readonly EngineViolation[] {
    const input = {
      review: toRego(reviewedRequest(review)),
      parameters: toRego(objectAt(constraint, 'spec', 'parameters')),
    };
    const { host, explain = false } = this.#options;
    const options = { data: inventory.document, ...(host === undefined ? {} : { host }) };
    const { result, errors } = this.#policy.evaluate(this.#entrypoint, input, options);
    const fatal = errors.find(({ endsEvaluation }) => endsEvaluation);
    if (fatal !== undefined) throw evaluationFault(fatal);
    if (!Array.isArray(result) || result.length === 0) return [];
    const why = explain ? this.#explainer.of(input, options) : undefined;
    return result.flatMap((item) => violationOf(item, why));
  }
}

/** The error that ended an evaluation, as a fault of the policy. */
export function evaluationFault({ code, message }: EvaluationError): PolicyError {
  const isLimit = code === 'eval_limit_error' || code === 'eval_cancel_error';
  return new PolicyError(isLimit ? 'POLICY_LIMIT' : 'POLICY_FAILED', `${code}: ${message}`);
}

/** An item without `msg` says nothing, as for Gatekeeper. */
function violationOf(item: JsonResult, explain: Explain | undefined): EngineViolation[] {
  const value = fromRego(item);
  const message = objectAt(value)['msg'];
  if (message === undefined) return [];
  if (typeof message !== 'string') throw new PolicyError('POLICY_FAILED', 'msg of a violation is no text');
  const why = explain?.(value);
  const details = objectAt(value)['details'] ?? {};
  return [why === undefined ? { message, details } : { message, details, why }];
}

/** The package as a reference, with every name as a literal. */
function referenceOf(module: Module | undefined): string {
  const path = (module?.package.path ?? []).slice(1);
  return `data${path.map((term) => (term.type === 'string' ? `[${JSON.stringify(term.value)}]` : '')).join('')}`;
}

/** Does a thing, and tells its fault at the place in the template. */
function placed<T>(make: () => T, locate: (file: string) => TemplateModule['locate']): T {
  try {
    return make();
  } catch (error) {
    if (!isKeelsonError(error)) throw error;
    const { line, file } = error.location ?? {};
    const location = line === undefined ? undefined : locate(file ?? '')(line);
    throw new PolicyError('POLICY_CODE', wordsOfFault(error), {
      cause: error,
      ...(location === undefined ? {} : { location }),
    });
  }
}
