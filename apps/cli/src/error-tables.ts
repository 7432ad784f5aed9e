import { attestationErrorCodes } from '@keelson/attestation';
import { celErrorCodes } from '@keelson/cel';
import { checkErrorCodes } from '@keelson/checks';
import { complianceErrorCodes } from '@keelson/compliance';
import { configurationErrorCodes } from '@keelson/configuration';
import { dockerfileErrorCodes } from '@keelson/dockerfile';
import { envelopeErrorCodes } from '@keelson/envelopes';
import { evidenceErrorCodes } from '@keelson/evidence';
import { hclErrorCodes } from '@keelson/hcl';
import { httpErrorCodes } from '@keelson/http';
import { imagePolicyErrorCodes } from '@keelson/image-policies';
import { kmsErrorCodes } from '@keelson/kms';
import { manifestErrorCodes } from '@keelson/manifests';
import { netpolErrorCodes } from '@keelson/netpol';
import { ociErrorCodes } from '@keelson/oci';
import { pkiErrorCodes } from '@keelson/pki';
import { policyErrorCodes } from '@keelson/policies';
import { registryErrorCodes } from '@keelson/registry';
import { regoErrorCodes } from '@keelson/rego';
import { bundleErrorCodes } from '@keelson/rego-bundles';
import { signingErrorCodes } from '@keelson/signing';
import { sigstoreErrorCodes } from '@keelson/sigstore';
import { tufErrorCodes } from '@keelson/tuf';
import { yamlErrorCodes } from '@keelson/yaml';
import { commandErrorCodes } from './errors.ts';

/** Every error code by the part of keelson that gives it: the docs' page and `keelson explain` are made of it. */
export const errorTables: readonly (readonly [part: string, codes: Readonly<Record<string, string>>])[] = [
  ['The command', commandErrorCodes],
  ['Reading input (`@keelson/manifests`)', manifestErrorCodes],
  ['YAML (`@keelson/yaml`)', yamlErrorCodes],
  ['Dockerfiles (`@keelson/dockerfile`)', dockerfileErrorCodes],
  ['Configuration files (`@keelson/configuration`)', configurationErrorCodes],
  ['HCL (`@keelson/hcl`)', hclErrorCodes],
  ['Checks and exceptions (`@keelson/checks`)', checkErrorCodes],
  ['Frameworks (`@keelson/compliance`)', complianceErrorCodes],
  ['CEL (`@keelson/cel`)', celErrorCodes],
  ['Network policies (`@keelson/netpol`)', netpolErrorCodes],
  ['Policies (`@keelson/policies`)', policyErrorCodes],
  ['Rego (`@keelson/rego`)', regoErrorCodes],
  ['Bundles of policies (`@keelson/rego-bundles`)', bundleErrorCodes],
  ['Servers (`@keelson/http`)', httpErrorCodes],
  ['Images (`@keelson/oci`)', ociErrorCodes],
  ['Registries (`@keelson/registry`)', registryErrorCodes],
  ['Signatures (`@keelson/signing`)', signingErrorCodes],
  ['Attestations (`@keelson/attestation`)', attestationErrorCodes],
  ['Policies of images (`@keelson/image-policies`)', imagePolicyErrorCodes],
  ['Services of Sigstore (`@keelson/sigstore`)', sigstoreErrorCodes],
  ['Key services (`@keelson/kms`)', kmsErrorCodes],
  ['Keys, certificates and timestamps (`@keelson/pki`)', pkiErrorCodes],
  ['Signed envelopes (`@keelson/envelopes`)', envelopeErrorCodes],
  ['Repositories of The Update Framework (`@keelson/tuf`)', tufErrorCodes],
  ['Evidence (`@keelson/evidence`)', evidenceErrorCodes],
];
