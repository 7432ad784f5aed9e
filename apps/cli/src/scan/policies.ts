import type { Check, Inventory as CheckInventory, CheckText, Violation } from '@keelson/checks';
import { isObject, type JsonObject, type KeelsonError, objectOf } from '@keelson/core';
import type { Severity } from '@keelson/evidence';
import type { Resource } from '@keelson/kubernetes';
import { ManifestError } from '@keelson/manifests';
import {
  type Constraint,
  type DecisionRule,
  enforcementActions,
  GatekeeperPolicies,
  Inventory,
  isGatekeeperDocument,
  type PolicyDocument,
  PolicyError,
  pathOfResult,
  type RegoFile,
  RegoPolicies,
  reviewOf,
  toRego,
} from '@keelson/policies';
import { mergeDocuments, type RegoValue } from '@keelson/rego';
import { filesAt, readPolicyFile, readText } from '../policy/files.ts';
import { CommandHost } from '../rego/host.ts';
import { isDataFile, PolicyData } from './policy-data.ts';

/** Users' policies as checks of a scan. */
export interface LoadedPolicies {
  readonly checks: readonly Check[];
  readonly texts: readonly CheckText[];
  /** Policies that could not be read or compiled: exit 3, the others judge. */
  readonly problems: readonly KeelsonError[];
}

/**
 * Reads the policies at paths: Gatekeeper's templates and constraints in YAML, and Rego with conftest's rules. Files
 * that end in `_test.rego` are tests and left out.
 * @throws CommandError USAGE when there is nothing at a path
 */
export function loadPolicies(
  paths: readonly string[],
  taken: ReadonlySet<string> = new Set(),
): LoadedPolicies {
  const problems: KeelsonError[] = [];
  const modules: RegoFile[] = [];
  const documents: PolicyDocument[] = [];
  const data = new PolicyData(problems);
  const files = paths.flatMap((path) => filesAt(path, isPolicyFile).map((file) => ({ file, path })));
  for (const { file, path } of files) {
    if (file.endsWith('.rego')) {
      readModule(file, modules, problems);
      continue;
    }
    const read = readPolicyFile(file);
    problems.push(...read.errors);
    const found = read.documents.filter(({ object }) => isGatekeeperDocument(object));
    documents.push(...found);
    if (found.length === 0 && read.errors.length === 0 && isDataFile(file)) data.add(file, path);
  }
  const host = new CommandHost();
  const gatekeeper = new GatekeeperPolicies({ host, explain: true });
  problems.push(...gatekeeper.add(documents));
  const rego = new RegoPolicies(modules, { host, data: data.document });
  problems.push(...rego.faults);
  const world = new World(data.document);
  const ids = new Set(taken);
  const policies = [
    ...gatekeeper.constraints.flatMap((constraint) => constraintCheck(constraint, gatekeeper, world, ids)),
    ...rego.rules.map((rule) => ruleCheck(rule, rego, world, ids)),
  ];
  return { checks: policies.map(({ check }) => check), texts: policies.map(({ text }) => text), problems };
}

function isPolicyFile(name: string): boolean {
  return /\.(ya?ml|json)$/.test(name) || (name.endsWith('.rego') && !name.endsWith('_test.rego'));
}

function readModule(file: string, modules: RegoFile[], problems: KeelsonError[]): void {
  try {
    modules.push({ file, text: readText(file) });
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    problems.push(error);
  }
}

/** What Gatekeeper's policies see of all objects of a scan, made once for each. */
class World {
  readonly #stores = new WeakMap<CheckInventory, Inventory>();
  readonly #objects = new WeakMap<Resource, JsonObject>();
  readonly #documents = new WeakMap<CheckInventory, RegoValue>();
  readonly #data: RegoValue;

  /** @param data the base document of users' policies in Rego; objects stand beside it. */
  constructor(data: RegoValue) {
    this.#data = data;
  }

  /** The base document with the objects, the same for as long as they are. */
  dataOf(inventory: CheckInventory): RegoValue {
    const { document } = this.of(inventory);
    const known = this.#documents.get(inventory);
    const made = known ?? mergeDocuments(this.#data, document);
    if (known === undefined) this.#documents.set(inventory, made);
    return made;
  }

  of(inventory: CheckInventory): Inventory {
    let store = this.#stores.get(inventory);
    if (store === undefined) {
      store = new Inventory(inventory.resources.map((resource) => this.objectOf(resource, inventory)));
      this.#stores.set(inventory, store);
    }
    return store;
  }

  /** The object as a cluster would have it: in the namespace that it lands in. */
  objectOf(resource: Resource, inventory: CheckInventory): JsonObject {
    const { object } = resource;
    const namespace = inventory.namespaceOf(resource);
    if (namespace === '' || namespace === resource.namespace) return object;
    let placed = this.#objects.get(resource);
    if (placed === undefined) {
      const { metadata } = object;
      const home = objectOf(isObject(metadata) ? Object.entries(metadata) : []);
      home['namespace'] = namespace;
      placed = objectOf(Object.entries(object));
      placed['metadata'] = home;
      this.#objects.set(resource, placed);
    }
    return placed;
  }
}

interface PolicyCheck {
  readonly check: Check;
  readonly text: CheckText;
}

/** A rule id that nobody else has. */
function uniqueId(wanted: string, other: string, taken: Set<string>): string {
  let id = taken.has(wanted) ? other : wanted;
  for (let n = 2; taken.has(id); n++) id = `${other}-${n}`;
  taken.add(id);
  return id;
}

const severityOfAction: Readonly<Record<string, Severity>> = { deny: 'high', warn: 'medium', dryrun: 'low' };

/** The finding's severity is that of the strictest action; a constraint that does nothing in an audit is none. */
function constraintCheck(
  constraint: Constraint,
  gatekeeper: GatekeeperPolicies,
  world: World,
  taken: Set<string>,
): PolicyCheck[] {
  const actions = enforcementActions(constraint, 'audit.gatekeeper.sh');
  if (actions.length === 0) return [];
  const { name, template } = constraint;
  const id = uniqueId(`gatekeeper/${name}`, `gatekeeper/${template.kind}/${name}`, taken);
  const severity = severityOfActions(actions);
  let asked: { readonly store: Inventory; readonly policies: GatekeeperPolicies } | undefined;
  const judge = (resource: Resource, inventory: CheckInventory): Violation[] => {
    const store = world.of(inventory);
    if (asked?.store !== store) asked = { store, policies: gatekeeper.withInventory(store, constraint) };
    const { policies } = asked;
    const namespace = inventory.find('Namespace', '', inventory.namespaceOf(resource))?.object;
    const review = reviewOf(world.objectOf(resource, inventory), { namespace });
    const { violations, faults } = policies.review(review);
    const [fault] = faults;
    if (fault !== undefined) throw fault.error;
    const unknown = violations.find(({ isFault }) => isFault);
    if (unknown !== undefined) throw new PolicyError('POLICY_FAILED', unknown.message);
    return violations.map(({ message, details, actions: taken, expansion, why }) => {
      const told = pathOfResult(objectOf([['details', details]])) ?? why?.path;
      return {
        subject: resource,
        // Paths of what an expansion made lead nowhere in the object that it was made of.
        path: expansion === undefined ? (told ?? []) : [],
        message,
        severity: severityOfActions(taken),
        ...(why === undefined ? {} : { explanation: why.explanation }),
      };
    });
  };
  const { title, description } = template;
  return [policyCheck({ id, severity, title, why: description, remediation: '', references: [] }, judge)];
}

function severityOfActions(actions: readonly string[]): Severity {
  const known = ['deny', 'warn', 'dryrun'].find((action) => actions.includes(action));
  return severityOfAction[known ?? 'warn'] ?? 'medium';
}

function ruleCheck(rule: DecisionRule, rego: RegoPolicies, world: World, taken: Set<string>): PolicyCheck {
  const { title, severity, description: why, remediation, references } = rule;
  const id = uniqueId(rule.id, rule.id, taken);
  const judge = (resource: Resource, inventory: CheckInventory): Violation[] =>
    rego
      .ask(rule, toRego(resource.object), world.dataOf(inventory), { explain: true })
      .filter(({ excused }) => !excused)
      .map(({ path = [], message, severity, explanation }) => ({
        subject: resource,
        path,
        message,
        severity,
        ...(explanation === undefined ? {} : { explanation }),
      }));
  return policyCheck({ id, severity, title: title || rule.id, why, remediation, references }, judge);
}

type PolicyText = Pick<CheckText, 'id' | 'severity' | 'title' | 'why' | 'remediation' | 'references'>;

/** A policy as a check over all objects. One object that it fails on does not lose what it says of the others. */
function policyCheck(
  text: PolicyText,
  judge: (resource: Resource, inventory: CheckInventory) => Violation[],
): PolicyCheck {
  const { id, severity } = text;
  const target = 'kubernetes';
  function* run({ resources, inventory }: RunContext): Iterable<Violation> {
    const faults: string[] = [];
    for (const resource of resources) {
      try {
        yield* judge(resource, inventory);
      } catch (error) {
        if (!(error instanceof PolicyError)) throw error;
        faults.push(`${placeOf(resource)}: ${error.message}`);
        // What passes a bound on one object may on each: so much time is nobody's to spend.
        if (error.code === 'POLICY_LIMIT') break;
      }
    }
    const [first, ...others] = faults;
    if (first === undefined) return;
    const more = others.length === 0 ? '' : ` (and ${others.length} objects more)`;
    throw new PolicyError('POLICY_FAILED', `${first}${more}`);
  }
  return {
    check: { id, target, severity, controls: {}, kinds: [], judge: { type: 'program', run } },
    text: { ...text, target, category: 'policy', controls: {}, aliases: {}, covers: [] },
  };
}

interface RunContext {
  readonly resources: readonly Resource[];
  readonly inventory: CheckInventory;
}

function placeOf({ origin, kind, name }: Resource): string {
  const { file, line } = origin.locate([]);
  return `${file}${line === undefined ? '' : `:${line}`} (${kind} ${name})`;
}
