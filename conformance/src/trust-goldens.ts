import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isKeelsonError, type JsonValue, parseJson } from '@keelson/core';
import { digestOf, parseManifest } from '@keelson/oci';
import { publicKeyFromPem } from '@keelson/pki';
import {
  type AcceptedSigner,
  type Artifact,
  artifactOfBytes,
  artifactOfDigest,
  type BundleRequirements,
  emptyTrustedRoot,
  exactly,
  readBundle,
  readTrustedRoot,
  verifyBundle,
} from '@keelson/signing';
import { type Place, placesIn, withByte } from './json-mutants.ts';
import { judgeNotationGoldens } from './notation/goldens.ts';
import { type Suite, Tally } from './suite.ts';

/** The image that all signatures of images are of (SOURCE.md). */
const image = 'sha256:ebe1cfe08ec9dd071b29f9133821abff0a175bd4663b3086b5ed36e5c2310262';
const mutants = 10_000;
/** For each of its two. */
const notationMutants = 2_500;

/** What must be bound: one byte of it changed, and the bundle must be refused. Paths are with the numbers of lists left out. */
const bound: ReadonlyMap<string, Place['encoding']> = new Map([
  ['dsseEnvelope.payload', 'base64'],
  ['dsseEnvelope.payloadType', 'text'],
  ['dsseEnvelope.signatures.sig', 'base64'],
  ['messageSignature.signature', 'base64'],
  ['messageSignature.messageDigest.digest', 'base64'],
  ['verificationMaterial.certificate.rawBytes', 'base64'],
  ['verificationMaterial.x509CertificateChain.certificates.rawBytes', 'base64'],
  ['verificationMaterial.tlogEntries.logId.keyId', 'base64'],
  ['verificationMaterial.tlogEntries.kindVersion.kind', 'text'],
  ['verificationMaterial.tlogEntries.kindVersion.version', 'text'],
  ['verificationMaterial.tlogEntries.canonicalizedBody', 'base64'],
  ['verificationMaterial.tlogEntries.inclusionProof.rootHash', 'base64'],
  ['verificationMaterial.tlogEntries.inclusionProof.hashes', 'base64'],
  ['verificationMaterial.tlogEntries.inclusionProof.treeSize', 'text'],
  ['verificationMaterial.tlogEntries.inclusionProof.checkpoint.envelope', 'text'],
  ['verificationMaterial.timestampVerificationData.rfc3161Timestamps.signedTimestamp', 'base64'],
]);

interface Golden {
  readonly id: string;
  readonly text: string;
  readonly artifact: Artifact;
  readonly requirements: BundleRequirements;
}

/** What cosign 3 wrote: accepted as it is, and refused after any change of what a signature must bind. */
export const suite: Suite = {
  name: 'trust-goldens',
  async run(dir) {
    const tally = new Tally();
    const goldens = goldensIn(dir);
    for (const golden of goldens) judge(tally, golden.id, () => verify(golden, golden.text));
    for (const [id, text] of ignoredChanges(goldens)) {
      const golden = goldens.find((each) => id.startsWith(each.id));
      if (golden !== undefined) judge(tally, id, () => verify(golden, text));
    }
    judgeMutants(tally, goldens);
    await judgeNotationGoldens(tally, dir, image, notationMutants, generator(20261123));
    judgeManifests(tally, join(dir, 'registry'));
    return tally;
  },
};

function goldensIn(dir: string): readonly Golden[] {
  const bytes = (...path: string[]) => readFileSync(join(dir, ...path));
  const key: AcceptedSigner = {
    kind: 'key',
    key: publicKeyFromPem(bytes('cosign-key', 'cosign.pub').toString()),
  };
  const dev = (issuer: string): AcceptedSigner => ({
    kind: 'identities',
    identities: [
      {
        subject: exactly('dev@example.com'),
        issuer: issuer === '' ? { description: 'none', matches: () => true } : exactly(issuer),
      },
    ],
  });
  const none = { logEntries: 0, timestamps: 0, certificateLogged: false };
  const byKey = { ...none, signer: key, trustedRoot: emptyTrustedRoot };
  const keyless = {
    logEntries: 1,
    timestamps: 1,
    certificateLogged: false,
    signer: dev('http://127.0.0.1:8793'),
    trustedRoot: readTrustedRoot(bytes('cosign-keyless-rekor2', 'tr.json')),
  };
  const ofImage = artifactOfDigest(image);
  const golden = (
    folder: string,
    file: string,
    artifact: Artifact,
    requirements: BundleRequirements,
  ): Golden => ({ id: `${folder}/${file}`, text: bytes(folder, file).toString(), artifact, requirements });
  const blob = (folder: string) => artifactOfBytes(bytes(folder, 'blob.bin'));
  return [
    golden('cosign-key', 'blob.bundle.json', blob('cosign-key'), byKey),
    golden('cosign-key', 'image-dsse.bundle.json', ofImage, byKey),
    golden('cosign-byo', 'image.bundle.json', ofImage, {
      ...none,
      signer: dev(''),
      trustedRoot: readTrustedRoot(bytes('cosign-byo', 'tr-byo.json')),
      fallbackTime: Date.parse('2026-11-23T02:45:00Z'),
    }),
    golden('cosign-keyless-rekor2', 'keyless-rekor2.bundle.json', ofImage, keyless),
    golden('cosign-keyless-rekor2', 'blob-rekor2.bundle.json', blob('cosign-keyless-rekor2'), keyless),
    golden('cosign-keyless-tsa-only', 'image.bundle.json', ofImage, {
      logEntries: 0,
      timestamps: 1,
      certificateLogged: true,
      signer: dev('http://127.0.0.1:8790'),
      trustedRoot: readTrustedRoot(bytes('cosign-keyless-tsa-only', 'trusted_root.json')),
    }),
  ];
}

function verify({ artifact, requirements }: Golden, text: string): void {
  verifyBundle(readBundle(text), artifact, requirements);
}

function judge(tally: Tally, id: string, run: () => void): void {
  try {
    run();
    tally.pass();
  } catch (error) {
    tally.fail(id, String(error));
  }
}

/** Changes of what a verifier must ignore: white space, and the hints that DSSE and bundles give. */
function* ignoredChanges(goldens: readonly Golden[]): Generator<[string, string]> {
  for (const { id, text } of goldens) {
    yield [`${id} with white space`, JSON.stringify(JSON.parse(text), undefined, 4)];
    if (text.includes('"hint":"'))
      yield [`${id} with another hint`, text.replace(/"hint":"[^"]*"/, '"hint":"another"')];
    if (text.includes('"sig":')) yield [`${id} with a keyid`, text.replace('"sig":', '"keyid":"x","sig":')];
  }
}

function judgeMutants(tally: Tally, goldens: readonly Golden[]): void {
  const random = generator(20261123);
  const targets = goldens.map((golden) => {
    const value: JsonValue = parseJson(golden.text);
    return { golden, value, places: placesIn(value, bound) };
  });
  const started = process.cpuUsage();
  for (let at = 0; at < mutants; at++) {
    const target = targets[at % targets.length];
    const place = target?.places[random(target.places.length)];
    if (target === undefined || place === undefined) continue;
    const position = random(place.bytes.length);
    const change = 1 + random(255);
    const text = withByte(target.value, place, position, change);
    const id = `${target.golden.id} ${place.path.join('.')} byte ${position} xor ${change}`;
    try {
      verify(target.golden, text);
      tally.fail(id, 'a mutant was accepted');
    } catch (error) {
      if (isKeelsonError(error)) tally.pass();
      else tally.fail(id, `crashed: ${String(error)}`);
    }
  }
  const { user, system } = process.cpuUsage(started);
  tally.notes.push(`${mutants} mutants, ${((user + system) / 1_000 / mutants).toFixed(2)} ms CPU each`);
}

/** A linear congruential generator (Numerical Recipes): the same mutants in each run. */
function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Manifests as the peers pushed them. */
function judgeManifests(tally: Tally, dir: string): void {
  for (const name of ['manifest-0', 'manifest-1', 'manifest-2']) {
    judge(tally, `registry/${name}`, () => {
      const manifest = parseManifest(readFileSync(join(dir, `${name}.json`)));
      if (manifest.subject?.digest !== image) throw new Error('is of another subject');
    });
  }
  for (const name of ['legacy-simplesigning-manifest', 'image-manifest', 'fallback-index'])
    judge(tally, `registry/${name}`, () => void parseManifest(readFileSync(join(dir, `${name}.json`))));
  judge(tally, 'registry/image-manifest digest', () => {
    if (digestOf(readFileSync(join(dir, 'image-manifest.json'))) !== image)
      throw new Error('has another digest');
  });
}
