import type { Resource } from '@keelson/kubernetes';
import {
  Analysis,
  type Cluster,
  Connections,
  type Endpoint,
  protocolNumber,
  readPolicies,
} from '@keelson/netpol';
import type { Tally } from './suite.ts';

/** A script of Cilium's policy engine: commands, then the files that they name. */
export interface Script {
  commands: readonly string[];
  files: ReadonlyMap<string, string>;
}

/** Reads the txtar form: files stand behind lines of `-- name --`. */
export function scriptOf(text: string): Script {
  const [commands = '', ...rest] = text.split(/^-- (.+?) --$/m);
  const files = new Map<string, string>();
  for (let i = 0; i + 1 < rest.length; i += 2) files.set(rest[i] ?? '', rest[i + 1] ?? '');
  return { commands: commands.split('\n').map((line) => line.trim()), files };
}

/** Runs a script up to its verdicts. Commands that only recompute do nothing here. */
export function judgeLookups(
  file: string,
  commands: readonly string[],
  resources: ReadonlyMap<string, readonly Resource[]>,
  tally: Tally,
): void {
  const state = new ScriptState();
  let lookups = 0;
  for (const line of commands) {
    const [command = '', ...args] = state.words(line);
    const [first = ''] = args;
    if (command === 'env') state.setVariable(first, args[1]);
    else if (command === 'identity/allocate') state.allocate(first);
    else if (command === 'policy/import') state.policies.set(first, resources.get(first) ?? []);
    else if (command === 'policy/remove') state.policies.delete(first);
    else if (command === 'policy/lookup-flow') {
      lookups++;
      state.output = state.lookup(args);
    } else if (command === 'stdout' && (state.output === 'allowed' || state.output === 'denied')) {
      if (state.output === first) tally.pass();
      else tally.fail(`${file} lookup ${lookups}`, `is ${state.output}, not ${first}`);
      state.output = '';
    }
  }
}

class ScriptState {
  output = '';
  readonly policies = new Map<string, readonly Resource[]>();
  readonly #variables = new Map<string, string>();
  readonly #endpoints: Endpoint[] = [];

  /** Words of a line with variables put in; none of a comment. */
  words(line: string): string[] {
    if (line === '' || line.startsWith('#')) return [];
    return line
      .split(/\s+/)
      .map((word) => word.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => this.#variables.get(name) ?? ''));
  }

  setVariable(first: string, second: string | undefined): void {
    const [name = '', ...value] = first.split('=');
    if (first === '--from-stdout') this.#variables.set(second ?? '', this.output);
    else this.#variables.set(name, value.join('='));
  }

  /** An identity is an endpoint with its labels; its number is printed. */
  allocate(labels: string): void {
    const pairs = labels.split(',').map((label): [string, string] => {
      const [key = '', ...value] = label.split('=');
      return [key.replace(/^k8s:/, ''), value.join('=')];
    });
    const own = new Map(pairs);
    const namespace = own.get('io.kubernetes.pod.namespace') ?? '';
    own.delete('io.kubernetes.pod.namespace');
    this.output = String(this.#endpoints.length);
    this.#endpoints.push({
      namespace,
      name: this.output,
      kind: 'Identity',
      labels: own,
      ports: [],
      addresses: [],
      hostNetwork: false,
      serviceAccount: 'default',
    });
  }

  /** The verdict of one direction: `--egress` asks the source's policies, `--ingress` the destination's. */
  lookup([flag, source, destination, protocol, port]: readonly string[]): string {
    const connections = new Connections();
    const { policies } = readPolicies([...this.policies.values()].flat(), connections);
    const namespaces = new Map(
      this.#endpoints.map(({ namespace: name }) => [name, { name, labels: new Map() }]),
    );
    const cluster: Cluster = { namespaces, endpoints: this.#endpoints };
    const analysis = new Analysis(cluster, policies, connections);
    const [from, to, number] = [
      Number(source),
      Number(destination),
      protocolNumber((protocol ?? '').toUpperCase()),
    ];
    const outcomes = analysis.explain(from, to)[flag === '--egress' ? 'egress' : 'ingress'];
    const isAllowed = outcomes.some(
      ({ allowed, connections: set }) =>
        allowed && number !== undefined && connections.has(set, number, Number(port)),
    );
    return isAllowed ? 'allowed' : 'denied';
  }
}
