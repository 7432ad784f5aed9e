import type { BuiltinContext, CallLocation } from '../../builtins/builtin.ts';
import type { BuiltinHost } from '../../builtins/host.ts';
import type { Location } from '../../syntax/location.ts';
import type { RegoValue } from '../../values/index.ts';
import { type EvaluationError, limitError } from './failure.ts';
import { type EvaluationLimits, stepsPerCheck } from './limits.ts';
import type { RecordedCalls } from './recorded-calls.ts';
import type { Watch } from './watch.ts';

export interface RunOptions {
  /** The base document; undefined where there is none. */
  readonly data: RegoValue | undefined;
  readonly limits: EvaluationLimits;
  readonly host: BuiltinHost;
  /** Milliseconds of a clock that only goes forward; without one there is no time limit. */
  readonly clock: (() => number) | undefined;
  /** Errors of built-ins end the evaluation; else they leave their expression undefined. */
  readonly strictBuiltinErrors: boolean;
  readonly print?: BuiltinContext['print'];
  readonly trace?: BuiltinContext['trace'];
  readonly recordedCalls?: RecordedCalls | undefined;
  /** Hears what the evaluation does; wanted by code that was generated to tell it. */
  readonly watch?: Watch;
}

/** One evaluation: its budget, its base document and what built-ins see of it. */
export class Run {
  /** Steps left until the next look at the clock; generated code counts it down. */
  fuel = stepsPerCheck;
  /** Items that may still be made; generated code counts it down. */
  room: number;
  /** Calls of functions that did not look for a kept result. */
  unkeptCalls = 0;
  readonly data: RegoValue | undefined;
  /** Bodies may end at their first result where the rest could only raise errors of built-ins. */
  readonly lenient: boolean;
  readonly strict: boolean;
  /** Errors of built-ins that left an expression undefined, the first hundred. */
  readonly builtinErrors: EvaluationError[] = [];
  readonly context: MutableContext;
  readonly watch: Watch | undefined;
  readonly recordedCalls: RecordedCalls | undefined;
  readonly #limits: EvaluationLimits;
  readonly #clock: (() => number) | undefined;
  /** Read at the first look: most evaluations end before it, and the clock costs a start in Node. */
  #start: number | undefined;
  #steps = 0;

  constructor(options: RunOptions) {
    this.data = options.data;
    this.strict = options.strictBuiltinErrors;
    this.lenient = !this.strict;
    this.#limits = options.limits;
    this.watch = options.watch;
    this.recordedCalls = options.recordedCalls;
    this.room = options.limits.maxItems;
    this.#clock = options.clock;
    this.context = {
      host: options.host,
      limits: options.limits,
      cache: new Map(),
      location: undefined,
      chargeSteps: (steps) => this.charge(steps),
      ...(options.print === undefined ? {} : { print: options.print }),
      ...(options.trace === undefined ? {} : { trace: options.trace }),
    };
  }

  /** The budget of `stepsPerCheck` is used up. */
  refuel(): void {
    this.#steps += stepsPerCheck;
    this.fuel = stepsPerCheck;
    if (this.#steps > this.#limits.maxSteps) throw limitError('maxSteps', this.#limits.maxSteps);
    const limit = this.#limits.maxMilliseconds;
    const now = this.#clock?.() ?? 0;
    this.#start ??= now;
    if (now - this.#start > limit) throw limitError('maxMilliseconds', limit);
  }

  /** As many items were made as may be. */
  full(): never {
    throw limitError('maxItems', this.#limits.maxItems);
  }

  charge(steps: number): void {
    this.fuel -= steps;
    if (this.fuel >= 0) return;
    this.#steps -= this.fuel;
    this.refuel();
  }
}

/** Where a call stands, with the stretch of text for errors. */
export interface CallSite extends CallLocation {
  readonly at: Location | undefined;
}

export interface MutableContext extends BuiltinContext {
  location: CallSite | undefined;
}
