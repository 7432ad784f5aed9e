import { type BuiltinHost, type Capabilities, capabilities, type Module } from '@keelson/rego';

const networkBuiltins = new Set(['http.send', 'net.lookup_ip_addr']);

/**
 * What modules may use where the host has no network: a built-in that needs it would be undefined, and a rule that asks
 * for it would pass. So it is a function that nobody knows, and the fault stands at its place.
 */
export function withoutNetwork(
  modules: Iterable<Module>,
  host: BuiltinHost | undefined,
): { readonly capabilities?: Capabilities } {
  if (host?.http !== undefined || host?.lookUpAddresses !== undefined) return {};
  // Most modules name neither, and all of OPA is what they may use.
  if (![...modules].some(({ source }) => /\b(?:http|net)\b/.test(source))) return {};
  const all = capabilities();
  return {
    capabilities: { ...all, builtins: all.builtins.filter(({ name }) => !networkBuiltins.has(name)) },
  };
}

/** The words of a fault; those of a built-in that is left out tell why. */
export function wordsWithoutNetwork(message: string): string {
  const [, name] = /^undefined function (\S+)$/.exec(message) ?? [];
  return name === undefined || !networkBuiltins.has(name)
    ? message
    : `${name} needs the network, which policies do not have here`;
}
