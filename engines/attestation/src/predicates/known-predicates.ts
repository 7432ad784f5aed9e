/** What a member of a predicate must be. */
export type MemberKind = 'text' | 'object' | 'list' | 'time';

/** A type of predicates that keelson knows. */
export interface PredicateType {
  /** In few words: `SLSA provenance 1`. */
  readonly name: string;
  /** The address, or what it begins with where versions follow behind a slash. */
  readonly uri: string;
  readonly hasVersions?: true;
  /** Members that must be there, by their path; `[]` stands for every entry of a list. */
  readonly required: Readonly<Record<string, MemberKind>>;
  /** Members of which only some values are known. */
  readonly oneOf?: Readonly<Record<string, readonly string[]>>;
  /** What documents of different versions of a format say of themselves: one of these members begins so. */
  readonly marks?: Readonly<Record<string, string>>;
}

const scan = { scanner: 'object', 'scanner.uri': 'text', metadata: 'object' } as const;
const scanTimes = { 'metadata.scanStartedOn': 'time', 'metadata.scanFinishedOn': 'time' } as const;
const summary = {
  'verifier.id': 'text',
  timeVerified: 'time',
  policy: 'object',
} as const;
const passedOrFailed = ['PASSED', 'FAILED'];

/**
 * Types by the specifications of their makers: slsa.dev/spec, in-toto/attestation (spec/predicates), cosign (specs), npm/attestation,
 * openvex/spec, slsa-framework/source-tool. Of SLSA's source track the levels stand in verification summaries; how a source was made is
 * said in the form of its tool.
 */
export const predicateTypeTable: readonly PredicateType[] = [
  {
    name: 'SLSA provenance 1',
    uri: 'https://slsa.dev/provenance/v1',
    required: {
      'buildDefinition.buildType': 'text',
      'buildDefinition.externalParameters': 'object',
      'runDetails.builder.id': 'text',
    },
  },
  {
    name: 'SLSA provenance 0.2',
    uri: 'https://slsa.dev/provenance/v0.2',
    required: { 'builder.id': 'text', buildType: 'text' },
  },
  {
    name: 'SLSA provenance 0.1',
    uri: 'https://slsa.dev/provenance/v0.1',
    required: { 'builder.id': 'text', 'recipe.type': 'text' },
  },
  {
    name: 'SLSA verification summary 1',
    uri: 'https://slsa.dev/verification_summary/v1',
    required: { ...summary, resourceUri: 'text', verificationResult: 'text', verifiedLevels: 'list' },
    oneOf: { verificationResult: passedOrFailed },
  },
  {
    name: 'SLSA verification summary 0.2',
    uri: 'https://slsa.dev/verification_summary/v0.2',
    required: {
      'verifier.id': 'text',
      time_verified: 'time',
      policy: 'object',
      resource_uri: 'text',
      verification_result: 'text',
      policy_level: 'text',
    },
    oneOf: { verification_result: passedOrFailed },
  },
  {
    name: 'source provenance',
    uri: 'https://github.com/slsa-framework/slsa-source-poc/source-provenance',
    hasVersions: true,
    required: { repo_uri: 'text' },
  },
  {
    name: 'SPDX document',
    uri: 'https://spdx.dev/Document',
    hasVersions: true,
    required: {},
    // SPDX 2.3, clause 6.1, and SPDX 3.0.1, annex on serialization in JSON-LD.
    marks: { spdxVersion: 'SPDX-', '@context': 'https://spdx.org/rdf/3' },
  },
  {
    name: 'CycloneDX BOM',
    uri: 'https://cyclonedx.org/bom',
    hasVersions: true,
    required: { bomFormat: 'text', specVersion: 'text' },
    oneOf: { bomFormat: ['CycloneDX'] },
  },
  {
    name: 'vulnerabilities',
    uri: 'https://in-toto.io/attestation/vulns',
    hasVersions: true,
    required: { ...scan, ...scanTimes, 'scanner.result': 'list' },
  },
  {
    name: 'vulnerabilities as cosign writes them',
    uri: 'https://cosign.sigstore.dev/attestation/vuln/v1',
    required: { ...scan, ...scanTimes },
  },
  {
    name: 'predicate of a user as cosign wraps it',
    uri: 'https://cosign.sigstore.dev/attestation/v1',
    required: { Timestamp: 'text' },
  },
  {
    name: 'OpenVEX document',
    uri: 'https://openvex.dev/ns',
    hasVersions: true,
    required: { '@context': 'text', '@id': 'text', author: 'text', timestamp: 'time', statements: 'list' },
  },
  {
    name: 'test result',
    uri: 'https://in-toto.io/attestation/test-result/v0.1',
    required: { result: 'text', configuration: 'list' },
    oneOf: { result: ['PASSED', 'WARNED', 'FAILED'] },
  },
  {
    // The standard's own address: no list of predicate types has one.
    name: 'SARIF log',
    uri: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0',
    required: { version: 'text', runs: 'list' },
    oneOf: { version: ['2.1.0'] },
  },
  {
    name: 'SCAI report',
    uri: 'https://in-toto.io/attestation/scai',
    hasVersions: true,
    required: { attributes: 'list', 'attributes[].attribute': 'text' },
  },
  {
    name: 'in-toto link 0.3',
    uri: 'https://in-toto.io/attestation/link/v0.3',
    required: { name: 'text' },
  },
  {
    name: 'in-toto link',
    uri: 'https://in-toto.io/Link/v1',
    required: { name: 'text', materials: 'object', products: 'object' },
  },
  {
    name: 'release',
    uri: 'https://in-toto.io/attestation/release',
    hasVersions: true,
    required: { purl: 'text' },
  },
  {
    name: 'publication of an npm package',
    uri: 'https://github.com/npm/attestation/tree/main/specs/publish',
    hasVersions: true,
    required: { name: 'text', version: 'text', registry: 'text' },
  },
  {
    name: 'signature of an image',
    uri: 'https://sigstore.dev/cosign/sign/v1',
    required: {},
  },
];
