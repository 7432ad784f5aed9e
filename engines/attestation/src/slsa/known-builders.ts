/**
 * What is known of builders. The ids are facts: of slsa-framework/slsa-github-generator (its workflows), npm's provenance
 * (npm/cli, `actions/runner`), GitHub's artifact attestations (actions/attest-build-provenance) and Google Cloud Build
 * (cloud.google.com/build/docs/securing-builds/generate-validate-build-provenance).
 */

/** The issuer of the identities of workflows on GitHub. */
export const githubIssuer = 'https://token.actions.githubusercontent.com';

const generator = 'https://github.com/slsa-framework/slsa-github-generator';
const workflow = (name: string) => `${generator}/.github/workflows/${name}_slsa3.yml`;

const generic = workflow('generator_generic');
const container = workflow('generator_container');
const go = workflow('builder_go');
const containerBased = workflow('builder_container-based');

/** The delegator without rights over the repository: the only one that may sign for packages of npm. */
export const packageDelegator = workflow('delegator_lowperms-generic');

/** Workflows that sign for builders that others make with them: the builder stands in the provenance alone. */
export const delegators: readonly string[] = [workflow('delegator_generic'), packageDelegator];

/** Builders that delegators sign for count without being asked for where they are the generator's own. */
export const delegatedBuilders = `${generator}/.github/workflows/`;

/** What is built: it says which builders are trusted where none is asked for. */
export type BuildKind = 'artifact' | 'image' | 'github-attestation';

export const trustedWorkflows: Readonly<Record<BuildKind, readonly string[]>> = Object.freeze({
  artifact: [generic, go, containerBased, ...delegators],
  image: [container],
  // Anybody's workflow may attest, so whose it is must be said.
  'github-attestation': [],
});

const runner = 'https://github.com/actions/runner';

export const npmBuilders = Object.freeze({
  /** Without its host in the name it is GitHub's. */
  legacy: runner,
  hosted: `${runner}/github-hosted`,
  selfHosted: `${runner}/self-hosted`,
});

export const predicateTypes = Object.freeze({
  v01: 'https://slsa.dev/provenance/v0.1',
  v02: 'https://slsa.dev/provenance/v0.2',
  v1: 'https://slsa.dev/provenance/v1',
});

/** Where a build type keeps what started a build, and the ref that was built. */
export interface BuildType {
  readonly predicateType: string;
  /** Names of builders that make it; any where there is none. */
  readonly builders?: readonly string[];
  /** `config`: invocation.configSource; `variables`: GITHUB_WORKFLOW_REF; `workflow`: externalParameters.workflow. */
  readonly trigger: 'config' | 'variables' | 'workflow';
  /** `variables`: those of the runner; `source`: the ref of the first dependency; `trigger`: that of the trigger. */
  readonly ref: 'variables' | 'source' | 'trigger';
  /** How the variables of the runner are spelled. */
  readonly spelling: 'lower' | 'upper';
  /** The source may stand without a ref: it may be a commit of the build itself, or of before the format was settled. */
  readonly mayLackRef?: boolean;
}

const ofGenerator = {
  predicateType: predicateTypes.v02,
  trigger: 'config',
  ref: 'variables',
  spelling: 'lower',
} as const;
const ofNpm = {
  predicateType: predicateTypes.v02,
  builders: [npmBuilders.legacy, npmBuilders.hosted],
  trigger: 'config',
  ref: 'trigger',
  spelling: 'upper',
} as const;
const ofDelegator = { builders: delegators, ref: 'source', spelling: 'upper', mayLackRef: true } as const;

/** The build type of GitHub's artifact attestations. */
export const githubBuildType = 'https://actions.github.io/buildtypes/workflow/v1';

/** By build type; one that several predicate types share stands more than once. */
export const buildTypes: ReadonlyMap<string, readonly BuildType[]> = new Map<string, readonly BuildType[]>([
  [`${generator}/generic@v1`, [{ ...ofGenerator, builders: [generic] }]],
  [`${generator}/container@v1`, [{ ...ofGenerator, builders: [container] }]],
  [`${generator}/go@v1`, [{ ...ofGenerator, builders: [go] }]],
  [`${generator}@v1`, [{ ...ofGenerator, builders: [go] }]],
  [`${generator}-go@v1`, [{ ...ofGenerator, builders: [go] }]],
  [
    `${generator}/delegator-generic@v0`,
    [
      { ...ofDelegator, predicateType: predicateTypes.v02, trigger: 'config' },
      { ...ofDelegator, predicateType: predicateTypes.v1, trigger: 'variables' },
    ],
  ],
  [
    'https://slsa.dev/container-based-build/v0.1?draft',
    [
      {
        predicateType: predicateTypes.v1,
        builders: [containerBased],
        trigger: 'variables',
        ref: 'variables',
        spelling: 'upper',
      },
    ],
  ],
  ['https://github.com/npm/cli/gha@v1', [{ ...ofNpm, mayLackRef: true }]],
  ['https://github.com/npm/cli/gha/v2', [ofNpm]],
  [
    'https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1',
    [
      {
        predicateType: predicateTypes.v1,
        builders: [npmBuilders.hosted],
        trigger: 'workflow',
        ref: 'trigger',
        spelling: 'upper',
      },
    ],
  ],
  [
    githubBuildType,
    [{ predicateType: predicateTypes.v1, trigger: 'workflow', ref: 'trigger', spelling: 'upper' }],
  ],
]);
