import type { BuiltinDeclaration } from './builtins/builtin.ts';
import type { Capabilities } from './builtins/capabilities.ts';
import type { BuiltinHost } from './builtins/host.ts';
import { type Builtin, builtinDeclaration, builtinNames } from './builtins/index.ts';
import { disallowedHost, isListed } from './builtins/network.ts';
import type { BuiltinTable } from './compiler/options.ts';
import type { ParserCapabilities } from './syntax/options.ts';

/** The built-ins that modules may call; undefined for just those of OPA. */
export function allowedBuiltins(
  capabilities: Partial<Capabilities> | undefined,
  extra: ReadonlyMap<string, Builtin> | undefined,
): BuiltinTable | undefined {
  if (capabilities === undefined && extra === undefined) return undefined;
  const all = new Map<string, BuiltinDeclaration>();
  const names =
    capabilities === undefined ? builtinNames : (capabilities.builtins ?? []).map(({ name }) => name);
  for (const name of names) {
    // What a document declares beyond what there is could be compiled, and never called.
    const declaration = builtinDeclaration(name);
    if (declaration !== undefined) all.set(name, declaration);
  }
  for (const [name, builtin] of extra ?? []) all.set(name, builtin);
  return all;
}

/** What the parser may read. */
export function parserCapabilities(capabilities: Partial<Capabilities>): ParserCapabilities {
  return { futureKeywords: capabilities.future_keywords ?? [], features: capabilities.features ?? [] };
}

/** The host, for a policy that may reach these hosts only. */
export function hostWithin(host: BuiltinHost, allowed: readonly string[] | undefined): BuiltinHost {
  if (allowed === undefined) return host;
  const { lookUpAddresses, httpHosts } = host;
  const within: BuiltinHost = {
    ...(httpHosts === undefined ? {} : { httpHosts: httpHosts.filter((name) => isListed(name, allowed)) }),
    howToAllow: (name) => (isListed(name, allowed) ? host.howToAllow?.(name) : undefined),
    lookUpAddresses: (name) => {
      if (lookUpAddresses === undefined || !isListed(name, allowed)) throw disallowedHost(name, within);
      return lookUpAddresses.call(host, name);
    },
  };
  // All else is the host's own, which may be of a class: members of its prototype count, and see the host as `this`.
  // A proxy of the host itself could not answer for a frozen one.
  const nothing: BuiltinHost = {};
  return new Proxy(nothing, {
    get(_, name) {
      if (Object.hasOwn(within, name)) return Reflect.get(within, name);
      const member: unknown = Reflect.get(host, name);
      return typeof member === 'function' ? member.bind(host) : member;
    },
  });
}
