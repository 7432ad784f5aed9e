import { isKeelsonError, type JsonObject, type KeelsonError } from '@keelson/core';
import { PolicyError } from '../errors.ts';
import { Inventory } from '../gatekeeper/inventory.ts';
import {
  type ConstraintViolation,
  GatekeeperPolicies,
  type PoliciesOptions,
} from '../gatekeeper/policies.ts';
import { isAdmissionReview, type Review, reviewOf, reviewOfAdmission } from '../gatekeeper/review.ts';
import type { PolicyDocument } from '../gatekeeper/template.ts';
import { textAt } from '../json.ts';
import type { SuiteFilter } from './filter.ts';
import type { Assertion, PolicySuite, SuiteTest, TestCase } from './suite.ts';

export interface CaseResult {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** Assertions that do not hold, or why the case could not be judged. */
  readonly faults: readonly string[];
  /** A file of the case cannot be read. */
  readonly unreadable: boolean;
  readonly violations: readonly ConstraintViolation[];
}

export interface TestResult {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** Why the test could not be run, or what did not hold beside its cases. */
  readonly fault: KeelsonError | undefined;
  /** The fault is one of files that cannot be read, not of the policies. */
  readonly unreadable: boolean;
  readonly cases: readonly CaseResult[];
}

export interface SuiteRun {
  /**
   * The documents of a file named relative to the suite.
   * @throws KeelsonError where it cannot be read
   */
  readonly read: (file: string) => readonly PolicyDocument[];
  readonly filter?: SuiteFilter;
  readonly options?: PoliciesOptions;
}

/** Runs a suite's tests in their order. */
export function runSuite(suite: PolicySuite, run: SuiteRun): TestResult[] {
  return suite.tests.map((test) => {
    const wanted = !suite.skip && !test.skip && (run.filter?.takesTest(test) ?? true);
    if (!wanted) return { ...blank(test), outcome: 'skipped' };
    return runTest(test, run);
  });
}

function blank({ name }: SuiteTest): TestResult {
  return { name, outcome: 'passed', fault: undefined, unreadable: false, cases: [] };
}

function runTest(test: SuiteTest, run: SuiteRun): TestResult {
  try {
    const template = onlyDocument(test.template, run);
    const constraint = onlyDocument(test.constraint, run);
    const expansions = test.expansion === undefined ? [] : run.read(test.expansion);
    const policies = new GatekeeperPolicies(run.options);
    policies.addTemplate(template);
    if (test.invalid) return invalidResult(test, policies, constraint);
    policies.addConstraint(constraint);
    for (const expansion of expansions) policies.addExpansion(expansion);
    const cases = test.cases.map((item) => runCase(test, item, policies, run));
    const failed = cases.some(({ outcome }) => outcome === 'failed');
    const unreadable = cases.some((item) => item.unreadable);
    return { ...blank(test), outcome: failed ? 'failed' : 'passed', unreadable, cases };
  } catch (error) {
    if (!isKeelsonError(error)) throw error;
    return { ...blank(test), outcome: 'failed', fault: error, unreadable: isUnreadable(error) };
  }
}

/** Faults of files and of the suite, not of the policies. */
function isUnreadable(error: KeelsonError): boolean {
  return !(error instanceof PolicyError) || error.code === 'POLICY_SUITE';
}

function invalidResult(
  test: SuiteTest,
  policies: GatekeeperPolicies,
  constraint: PolicyDocument,
): TestResult {
  try {
    policies.addConstraint(constraint);
  } catch (error) {
    if (error instanceof PolicyError && error.code === 'POLICY_CONSTRAINT') return blank(test);
    throw error;
  }
  throw new PolicyError('POLICY_CONSTRAINT', 'the constraint is sound, and the test wants it to be refused');
}

function onlyDocument(file: string, run: SuiteRun): PolicyDocument {
  const documents = run.read(file);
  const [document] = documents;
  if (document !== undefined && documents.length === 1) return document;
  throw new PolicyError('POLICY_SUITE', `${file} holds ${documents.length} objects and not one`, {
    location: { file },
  });
}

function runCase(test: SuiteTest, item: TestCase, policies: GatekeeperPolicies, run: SuiteRun): CaseResult {
  const { name } = item;
  if (item.skip || run.filter?.takesCase(test, name) === false) {
    return { name, outcome: 'skipped', faults: [], unreadable: false, violations: [] };
  }
  try {
    const { object } = onlyDocument(item.object, run);
    const inventory = item.inventory.flatMap((file) => run.read(file).map((document) => document.object));
    const store = new Inventory(inventory);
    const result = policies.withInventory(store).review(reviewFor(object, inventory), {
      point: 'gator.gatekeeper.sh',
    });
    const faults = [
      ...result.faults.map(({ error }) => error.message),
      ...assertionFaults(item.assertions, result.violations),
    ];
    return {
      name,
      outcome: faults.length === 0 ? 'passed' : 'failed',
      faults,
      unreadable: false,
      violations: result.violations,
    };
  } catch (error) {
    if (!isKeelsonError(error)) throw error;
    return {
      name,
      outcome: 'failed',
      faults: [error.format()],
      unreadable: isUnreadable(error),
      violations: [],
    };
  }
}

/** An AdmissionReview is the question itself, every other object is wrapped as one to create it. */
function reviewFor(object: JsonObject, inventory: readonly JsonObject[]): Review {
  const isReview = isAdmissionReview(object);
  const wrapped = isReview ? reviewOfAdmission(object) : reviewOf(object);
  const name = textAt(wrapped.request, 'namespace');
  const namespace = inventory.find(
    (each) =>
      each['kind'] === 'Namespace' &&
      each['apiVersion'] === 'v1' &&
      textAt(each, 'metadata', 'name') === name,
  );
  return namespace === undefined ? wrapped : { ...wrapped, namespace };
}

/** What does not hold; without assertions there may be no violation at all. */
function assertionFaults(
  assertions: readonly Assertion[],
  violations: readonly ConstraintViolation[],
): string[] {
  const none: Assertion = { violations: 'no', message: undefined, pattern: undefined };
  return (assertions.length === 0 ? [none] : assertions).flatMap((assertion) => {
    const { message, pattern } = assertion;
    const found = violations.filter((each) => message === undefined || message.test(each.message)).length;
    if (holds(assertion, found)) return [];
    const which = pattern === undefined ? '' : ` that match ${JSON.stringify(pattern)}`;
    const said = violations.map((each) => each.message).join('; ');
    const got = said === '' ? 'no violation at all' : `got: ${said}`;
    const what = `${found} violation${found === 1 ? '' : 's'}`;
    return [`${what}${which}, but ${wantedText(assertion)} are wanted; ${got}`];
  });
}

function holds({ violations }: Assertion, found: number): boolean {
  if (violations === 'yes') return found > 0;
  return violations === 'no' ? found === 0 : found === violations;
}

function wantedText({ violations }: Assertion): string {
  if (violations === 'yes') return '1 or more';
  return violations === 'no' ? 'none' : `exactly ${violations}`;
}
