/**
 * Short names of predicate types. Those of cosign are as it has them (sigstore/cosign, pkg/cosign/attestation).
 */
export const predicateTypes: Readonly<Record<string, string>> = Object.freeze({
  custom: 'https://cosign.sigstore.dev/attestation/v1',
  cyclonedx: 'https://cyclonedx.org/bom',
  link: 'https://in-toto.io/Link/v1',
  openvex: 'https://openvex.dev/ns',
  // SARIF has no predicate type of its own; the standard's address says what it is.
  sarif: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0',
  scai: 'https://in-toto.io/attestation/scai/v0.3',
  slsaprovenance: 'https://slsa.dev/provenance/v0.2',
  slsaprovenance02: 'https://slsa.dev/provenance/v0.2',
  slsaprovenance1: 'https://slsa.dev/provenance/v1',
  spdx: 'https://spdx.dev/Document',
  spdxjson: 'https://spdx.dev/Document',
  'test-result': 'https://in-toto.io/attestation/test-result/v0.1',
  vsa: 'https://slsa.dev/verification_summary/v1',
  vuln: 'https://cosign.sigstore.dev/attestation/vuln/v1',
  vulns: 'https://in-toto.io/attestation/vulns/v0.2',
});

/** The URI of a predicate type by its short name, or the text itself. */
export function predicateTypeUri(text: string): string {
  return Object.hasOwn(predicateTypes, text) ? (predicateTypes[text] ?? text) : text;
}
