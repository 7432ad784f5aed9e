import { generateKeyPairSync, sign } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type BuildKind,
  readBuilderId,
  readNpmAttestations,
  readProvenance,
  type SignatureRequirements,
  type SourceExpectations,
  verifyBuild,
  verifyCloudBuild,
  verifyNpmPackage,
  verifySummary,
} from '@keelson/attestation';
import { isObject } from '@keelson/core';
import { pae, readEnvelope, writeEnvelope } from '@keelson/envelopes';
import { parseManifest } from '@keelson/oci';
import { type PublicKey, publicKeyFromPem, publicKeyOfKeyObject, readCertificate } from '@keelson/pki';
import {
  type Artifact,
  artifactOfDigest,
  type Bundle,
  bundleOfEnvelope,
  bundleOfLayer,
  identityOf,
  readBundle,
} from '@keelson/signing';
import type { Row, Trust } from './slsa-verifier.ts';
import { judgeCloudBuildStep, judgeNpmStep, judgeSignature, requirementsOf } from './slsa-verifier-steps.ts';

/** Throws what refuses the row. `withClock`: at a clock within the certificate, where nothing says when the signature was made. */
export function judgeRow(row: Row, trust: Trust, withClock: boolean): void {
  const id = row.text('id') ?? '';
  if (id.startsWith('gcb-unit-')) judgeCloudBuildStep(row, trust, id);
  else if (id.startsWith('gcb-'))
    verifyCloudBuild(row.document, digestOf(row), trust.cloudBuildKeys, expectationsOf(row));
  else if (id.startsWith('npm-unit-')) judgeNpmStep(row, trust, id);
  else if (id.startsWith('npm-')) judgeNpm(row, trust);
  else if (id.startsWith('vsa-')) judgeSummary(row);
  else if (id.startsWith('gha-unit-')) judgeSignature(row, trust);
  else if (row.text('material') === 'oci-layout') judgeImage(row, trust);
  else judgeArtifact(row, trust, withClock);
}

function judgeArtifact(row: Row, trust: Trust, withClock: boolean): void {
  const kind = row.text('id')?.startsWith('github-attestation-') === true ? 'github-attestation' : 'artifact';
  const isBundle = row.text('material') === 'bundle';
  const bundle = isBundle ? readBundle(row.document) : bundleOfEnvelope(row.document);
  for (const artifact of artifactsOf(row))
    judgeBuild(
      bundle,
      artifact,
      kind,
      row,
      {
        ...requirementsOf(trust, isBundle ? 1 : 0),
        ...(withClock ? { fallbackTime: clockOf(bundle) } : {}),
      },
      trust,
    );
}

function judgeBuild(
  bundle: Bundle,
  artifact: Artifact,
  kind: BuildKind,
  row: Row,
  requirements: SignatureRequirements,
  trust: Trust,
): void {
  const { builder } = verifyBuild(bundle, artifact, requirements, {
    ...builderNamed(bundle),
    ...expectationsOf(row),
    kind,
    unreleasedBuildersFor: trust.testRepositories,
  });
  demandName(row, builder.name);
}

/** Where a row names no builder any is right; one that a delegator signs for must be named, so it is the one that the provenance names. */
function builderNamed({ material, content }: Bundle): { readonly builderId?: string } {
  if (material.kind !== 'certificate' || content.kind !== 'dsse') return {};
  const { subjects } = identityOf(readCertificate(material.leaf));
  if (!subjects.some((subject) => /\/delegator_[a-z-]+_slsa3\.yml@/.test(subject))) return {};
  return { builderId: readProvenance(content.envelope.payload).builderId };
}

/** Some rows say which builder it must turn out to have been. */
function demandName(row: Row, name: string): void {
  const expected = row.text('expectBuilderId');
  if (expected !== undefined && readBuilderId(expected).name !== name)
    throw new Error(`the builder is ${name}, not ${expected}`);
}

function clockOf({ material }: Bundle): number {
  if (material.kind !== 'certificate') throw new Error('the envelope has no certificate');
  return readCertificate(material.leaf).notBefore + 60_000;
}

/** The layout that cosign saves: an index that tells image and attestations apart by an annotation. */
function judgeImage(row: Row, trust: Trust): void {
  const folder = dirname(row.path);
  const index = JSON.parse(row.document.toString());
  const kindOf = (manifest: unknown): unknown =>
    isObject(manifest) && isObject(manifest['annotations']) ? manifest['annotations']['kind'] : undefined;
  const found = index.manifests.find((each: unknown) => kindOf(each) === 'dev.cosignproject.cosign/atts');
  const blob = (digest: string) => readFileSync(join(folder, 'blobs', digest.replace(':', '/')));
  const manifest = parseManifest(blob(found.digest));
  const layers = manifest.kind === 'manifest' ? manifest.layers : [];
  const faults: unknown[] = [];
  for (const layer of layers) {
    try {
      const bundle = bundleOfLayer(layer, blob(layer.digest));
      const artifact = artifactOfDigest(digestOf(row));
      judgeBuild(bundle, artifact, 'image', row, requirementsOf(trust, 1), trust);
      return;
    } catch (error) {
      faults.push(error);
    }
  }
  throw faults[0];
}

function judgeNpm(row: Row, trust: Trust): void {
  const [name, version] = [row.text('packageName'), row.text('packageVersion')];
  for (const artifact of artifactsOf(row))
    verifyNpmPackage(
      readNpmAttestations(row.document),
      artifact,
      requirementsOf(trust, 1),
      trust.registryKeys,
      {
        ...expectationsOf(row),
        ...(name === undefined ? {} : { packageName: name }),
        ...(version === undefined ? {} : { packageVersion: version }),
      },
    );
}

/** The key of a summary; undefined where the corpus lacks it. */
export function keyOfSummary(row: Row): PublicKey | undefined {
  const path = join(row.path.slice(0, -(row.text('provenance') ?? '').length), row.text('publicKey') ?? '');
  return existsSync(path) ? publicKeyFromPem(readFileSync(path, 'utf8')) : undefined;
}

function judgeSummary(row: Row): void {
  const id = row.text('publicKeyId');
  const own = keyOfSummary(row);
  const { document, key } =
    own === undefined ? signedAgain(row.document) : { document: row.document, key: own };
  verifySummary(
    document,
    { key, ...(id === undefined ? {} : { id }) },
    {
      digests: textsOf(row, 'subjectDigests'),
      verifierId: row.text('verifierId') ?? '',
      resourceUri: row.text('resourceUri') ?? '',
      levels: textsOf(row, 'verifiedLevels'),
    },
  );
}

/** The same payload under the same id of a key, with a key that is known. */
function signedAgain(document: Uint8Array): { readonly document: Uint8Array; readonly key: PublicKey } {
  const { payload, payloadType, signatures } = readEnvelope(document);
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const sig = sign('sha256', pae(payloadType, payload), privateKey);
  const signed = { payload, payloadType, signatures: signatures.map((signature) => ({ ...signature, sig })) };
  return { document: Buffer.from(writeEnvelope(signed)), key: publicKeyOfKeyObject(publicKey) };
}

function artifactsOf(row: Row): readonly Artifact[] {
  const artifacts = row.fields['artifacts'];
  return (Array.isArray(artifacts) ? artifacts : []).map((artifact) => {
    if (!isObject(artifact)) throw new Error('an artifact is no object');
    const algorithm = typeof artifact['sha512'] === 'string' ? 'sha512' : 'sha256';
    return artifactOfDigest(`${algorithm}:${artifact[algorithm]}`);
  });
}

function digestOf(row: Row): string {
  return `sha256:${row.text('digest')}`;
}

function textsOf(row: Row, name: string): readonly string[] {
  const value = row.fields[name];
  return Array.isArray(value) ? value.map(String) : [];
}

function expectationsOf(row: Row): SourceExpectations & { readonly builderId?: string } {
  const { inputs } = row.fields;
  const given = (name: string) => {
    const value = row.text(name);
    return value === undefined ? {} : { [name]: value };
  };
  return {
    source: row.text('source') ?? '',
    ...given('branch'),
    ...given('tag'),
    ...given('versionedTag'),
    ...given('builderId'),
    ...(isObject(inputs)
      ? { inputs: new Map(Object.entries(inputs).map(([name, value]) => [name, String(value)])) }
      : {}),
  };
}
