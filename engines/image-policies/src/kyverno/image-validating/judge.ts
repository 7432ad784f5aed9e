import { CelError, type CelValue } from '@keelson/cel';
import { isKeelsonError } from '@keelson/core';
import { type AskedOfImages, evaluateWithImages, type ImageAttestor, type ImageLookup } from '@keelson/oci';
import { ImagePolicyError } from '../../errors.ts';
import { refused } from '../../faults.ts';
import type { ImageToJudge } from '../../model/evidence.ts';
import type { OwnVerdict } from '../../model/policy.ts';
import type { DemandVerdict } from '../../model/verdict.ts';
import { KnownImage, type SigningAnswer } from '../../verifier/known-image.ts';
import type { PolicyImages } from '../../verifier/policy-images.ts';
import type { JudgedObject } from '../judged-objects.ts';
import type { GivenText, NamedAttestors } from './attestors.ts';
import { attestorRecord, celValue, type RuleEnvironment, type RuleImages } from './environment.ts';
import { type Expression, ExpressionRun } from './expressions.ts';
import type { ImageMatch } from './image-match.ts';
import { aloneIn, extracted, inputsOf } from './inputs.ts';
import type { ObjectChoice } from './match.ts';

export interface Validation {
  readonly expression: Expression;
  readonly message: string;
  readonly messageExpression?: Expression;
}

/** The rules of an ImageValidatingPolicy. */
export interface Rules {
  readonly environment: RuleEnvironment;
  readonly attestors: NamedAttestors;
  /** Attestors by what their expressions gave before. */
  readonly resolved: Map<string, ResolvedAttestors>;
  readonly conditions: readonly Expression[];
  readonly variables: ReadonlyMap<string, Expression>;
  /** More images of an object than those of its containers, by the name of their list. */
  readonly extractors: ReadonlyMap<string, Expression>;
  readonly validations: readonly Validation[];
  readonly isMeant: ImageMatch;
  readonly judged: ObjectChoice;
}

/** Statements of one type that a rule is held against. */
const maxRounds = 50;

/** Whether the conditions let a policy count; one that cannot be evaluated lets it. */
export function matchesConditions({ conditions, variables }: Rules, object: JudgedObject): boolean {
  return conditions.every((condition) => {
    try {
      return new ExpressionRun(inputsOf(object), variables).evaluate(condition) !== false;
    } catch (error) {
      if (error instanceof CelError || error instanceof ImagePolicyError) return true;
      throw error;
    }
  });
}

/**
 * Evaluates the rules for the object that runs an image, with all of its images, as admission does; where nobody knows what runs it, for
 * the image alone, and an expression that asks for more is not met. What keelson cannot evaluate is not met whatever `failurePolicy` says.
 */
export async function judgeRules(
  rules: Rules,
  images: PolicyImages,
  image: ImageToJudge,
): Promise<OwnVerdict> {
  const object = image.workload === undefined ? undefined : rules.judged(image.workload);
  try {
    const lists = object === undefined ? aloneIn(image.name) : extracted(rules, object);
    const meant = Object.fromEntries(
      Object.entries(lists).map(([name, list]) => [name, list.filter(rules.isMeant)]),
    );
    const own = new Set(Object.values(meant).flat());
    // An image in a volume, or of what is no Pod, is in no list: rules over the lists say nothing of it.
    if (!own.has(image.name))
      return { fault: refused(`${image.name} is in none of the lists of images that the rules see`) };
    const inputs = { ...(object === undefined ? {} : inputsOf(object)), images: celValue({ ...meant }) };
    const { attestors, asked } = resolvedAttestors(rules, new ExpressionRun(inputs, rules.variables));
    const { attestations } = rules.environment;
    const seen = { ...inputs, attestors: attestorRecord(attestors), attestations };
    const load = (name: string) => images.load(name, asked);
    return await evaluateWithImages(load, own, (lookup) =>
      evaluateRounds(rules, seen, own, lookup, image.name),
    );
  } catch (error) {
    if (!isKeelsonError(error)) throw error;
    return { fault: error };
  }
}

/** Attestors whose texts are known. */
interface ResolvedAttestors {
  readonly attestors: ReadonlyMap<string, ImageAttestor | Error>;
  readonly asked: AskedOfImages;
}

/** The attestors with what their expressions give. The same texts give the same attestors, so that images are asked about them once. */
function resolvedAttestors(rules: Rules, run: ExpressionRun): ResolvedAttestors {
  const attestors = new Map<string, ImageAttestor | Error>();
  const named: ImageAttestor[] = [];
  const given: string[][] = [];
  for (const [name, source] of rules.attestors) {
    const texts: string[] = [];
    try {
      if (source instanceof ImagePolicyError) throw source;
      const attestor = source((text) => {
        const value = textOf(text, run);
        texts.push(value);
        return value;
      });
      attestors.set(name, attestor);
      named.push(attestor);
      given.push(['texts', ...texts]);
    } catch (error) {
      // Whoever asks it fails.
      if (!(error instanceof CelError) && !(error instanceof ImagePolicyError)) throw error;
      attestors.set(name, error);
      given.push(['fault', error.message]);
    }
  }
  const key = JSON.stringify(given);
  const known = rules.resolved.get(key);
  if (known !== undefined) return known;
  const made = { attestors, asked: { attestors: named, attestations: rules.environment.all } };
  rules.resolved.set(key, made);
  return made;
}

function textOf(given: GivenText, run: ExpressionRun): string {
  const value = typeof given === 'string' ? given : run.evaluate(given);
  if (typeof value === 'string') return value;
  throw refused('the expression of an attestor gives no text');
}

/**
 * A rule reads one statement of a type, and several may be signed: it is held against the first of each, then against the second of
 * each, and so on, so that it holds whichever of them it reads.
 */
function evaluateRounds(
  rules: Rules,
  inputs: Readonly<Record<string, CelValue>>,
  own: ReadonlySet<string>,
  lookup: ImageLookup,
  name: string,
): OwnVerdict {
  const answers = new Map<string, Map<string, SigningAnswer>>();
  for (let round = 0, rounds = 1; round < rounds; round++) {
    const state: RuleImages = {
      // The images that an object names are all that its author may have asked for: rules ask no other hosts.
      image: (asked) => (own.has(asked) ? known(lookup(asked)) : foreign(asked)),
      isMeant: (asked) => rules.isMeant(asked),
      round,
      answers,
      payloads: new Map(),
      mostPayloads: 0,
    };
    const fault = rules.environment.with(state, () => evaluate(rules, inputs));
    if (fault !== undefined) return { ...told(answers.get(name)), fault };
    // A round that reads less than another makes no other superfluous.
    rounds = Math.max(rounds, state.mostPayloads);
    if (rounds > maxRounds)
      return { fault: refused(`a rule reads one of more than maxRounds (${maxRounds}) statements`) };
  }
  return told(answers.get(name));
}

function known(found: ReturnType<ImageLookup>): KnownImage | Error | undefined {
  return found === undefined || found instanceof Error || found instanceof KnownImage
    ? found
    : refused(`the image ${found.reference} was loaded by somebody else`);
}

const foreign = (name: string) =>
  new ImagePolicyError(
    'IMAGE_POLICY_UNSUPPORTED',
    `${name} is none of the images of the object, and no other is asked for`,
  );

/** What was asked about one image, and answered. */
function told(answers: ReadonlyMap<string, SigningAnswer> | undefined): OwnVerdict {
  const parts = [...(answers ?? [])].map(
    ([name, { isMet, accepted, refused, fault }]): DemandVerdict => ({
      name,
      isPassed: isMet,
      isStatic: false,
      accepted: isMet ? accepted : [],
      refused,
      signers: new Set(),
      answers: new Map(),
      parts: [],
      ...(fault === undefined ? {} : { fault }),
    }),
  );
  return { parts };
}

/** Why the validations do not all hold; undefined where they do. */
function evaluate(rules: Rules, inputs: Readonly<Record<string, CelValue>>): Error | undefined {
  const run = new ExpressionRun(inputs, rules.variables);
  for (const validation of rules.validations) {
    try {
      if (run.evaluate(validation.expression) !== true) return refused(messageOf(validation, run));
    } catch (error) {
      if (error instanceof ImagePolicyError) return error;
      if (!(error instanceof CelError)) throw error;
      return refused(`${validation.expression.place} cannot be evaluated: ${hint(error.message)}`, error);
    }
  }
  return undefined;
}

/** Without a workload an expression finds none of its variables. */
const hint = (message: string): string =>
  /\b(?:object|oldObject|request|namespaceObject)\b/.test(message)
    ? `${message} (what runs the image is not known: judge manifests)`
    : message;

const longestMessage = 5 * 1024;

function messageOf({ message, messageExpression }: Validation, run: ExpressionRun): string {
  if (messageExpression === undefined) return message;
  try {
    const made = run.evaluate(messageExpression);
    return typeof made === 'string' && made !== '' && made.length <= longestMessage ? made : message;
  } catch (error) {
    if (error instanceof CelError || error instanceof ImagePolicyError) return message;
    throw error;
  }
}
