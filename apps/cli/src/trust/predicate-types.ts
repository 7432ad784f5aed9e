/**
 * Names of predicate types as cosign has them (sigstore/cosign, pkg/cosign/attestation), beside which a type may be written out as its URI.
 */
export const predicateTypes: Readonly<Record<string, string>> = Object.freeze({
  custom: 'https://cosign.sigstore.dev/attestation/v1',
  cyclonedx: 'https://cyclonedx.org/bom',
  link: 'https://in-toto.io/Link/v1',
  openvex: 'https://openvex.dev/ns',
  slsaprovenance: 'https://slsa.dev/provenance/v0.2',
  slsaprovenance02: 'https://slsa.dev/provenance/v0.2',
  slsaprovenance1: 'https://slsa.dev/provenance/v1',
  spdx: 'https://spdx.dev/Document',
  spdxjson: 'https://spdx.dev/Document',
  vuln: 'https://cosign.sigstore.dev/attestation/vuln/v1',
});

/** The URI of a predicate type by its short name, or the text itself. */
export function predicateTypeOf(text: string): string {
  return Object.hasOwn(predicateTypes, text) ? (predicateTypes[text] ?? text) : text;
}
