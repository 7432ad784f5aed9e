import type { VerbUsage } from './flags.ts';

/** What the module of a verb exports. */
export interface VerbModule {
  run: (args: readonly string[]) => Promise<number>;
  /** How the verb is called, for shell completion. */
  usage: () => VerbUsage | Promise<VerbUsage>;
}

/** A verb of the command; its code is loaded only when it is called. */
export interface Verb {
  name: string;
  summary: string;
  load: () => Promise<VerbModule>;
}

export const verbs: readonly Verb[] = [
  {
    name: 'scan',
    summary: 'find, explain and mend what is wrong in manifests, charts, kustomizations and Dockerfiles',
    load: () => import('./scan/scan.ts'),
  },
  {
    name: 'checks',
    summary: 'list, try and export the checks; what judges each control of a framework',
    load: () => import('./checks/checks.ts'),
  },
  {
    name: 'explain',
    summary: 'tell all about a check, another tool’s check or an error code',
    load: () => import('./explain/explain.ts'),
  },
  {
    name: 'netpol',
    summary: 'tell who can reach whom under network policies, and why; what a change opens',
    load: () => import('./netpol/netpol.ts'),
  },
  {
    name: 'policy',
    summary: 'try the policies that clusters enforce: suites of tests for Gatekeeper’s templates',
    load: () => import('./policy/policy.ts'),
  },
  {
    name: 'rego',
    summary: 'evaluate, test and check policies in Rego, as the program opa does',
    load: () => import('./rego/rego.ts'),
  },
  {
    name: 'sign',
    summary: 'sign an image, or a file: with a key, a certificate, or as somebody who signs in',
    load: () => import('./trust/sign.ts'),
  },
  {
    name: 'attest',
    summary: 'sign a statement about an image, or a file: provenance, a bill of materials, a scan’s result',
    load: () => import('./trust/attest.ts'),
  },
  {
    name: 'verify',
    summary: 'tell whether an image, or a file beside its bundle, was signed by whom it should',
    load: () => import('./trust/verify.ts'),
  },
  {
    name: 'inspect',
    summary: 'draw what stands beside an image: signatures, attestations, bills of materials',
    load: () => import('./trust/inspect.ts'),
  },
  {
    name: 'config',
    summary: 'tell what is wrong in keelson.yaml',
    load: () => import('./config-check/config.ts'),
  },
  {
    name: 'completion',
    summary: 'print the completion script of a shell: bash, zsh or fish',
    load: () => import('./completion/completion.ts'),
  },
];

export function findVerb(name: string): Verb | undefined {
  return verbs.find((verb) => verb.name === name);
}

export function overview(): string {
  const width = Math.max(...verbs.map((verb) => verb.name.length));
  return [
    'keelson: cloud native security over one body of evidence',
    '',
    'Usage: keelson VERB [options]',
    '',
    ...verbs.map((verb) => `  ${verb.name.padEnd(width)}  ${verb.summary}`),
    '',
    'keelson VERB --help tells a verb’s options, with examples. keelson --version tells the version.',
    'Every verb takes --debug, which tells with an error where in keelson it arose.',
    '',
  ].join('\n');
}
