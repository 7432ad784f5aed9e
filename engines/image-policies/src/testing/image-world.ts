import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonValue } from '@keelson/core';
import {
  digestOf,
  type ImageStore,
  type LoadedManifest,
  mediaTypes,
  OciError,
  parseReference,
} from '@keelson/oci';
import { basicConstraints, type Certificate, issueCertificate, keyUsage, writePem } from '@keelson/pki';
import { openStore } from '@keelson/registry';
import {
  attachBundle,
  imageStatement,
  notarySignerOf,
  signerOfKey,
  signNotation,
  signStatement,
  storeNotarySignature,
  writeStatement,
} from '@keelson/signing';
import type { ImageOpener } from '../verifier/policy-images.ts';
import { type KeyPair, newPair } from './signatures.ts';

export const now = Date.now();
export const [one, two] = [newPair(), newPair()];
export const slsa = 'https://slsa.dev/provenance/v1';
export const sbom = 'sbom/cyclone-dx';
export const scan = 'scan/vulnerability';

const certificateOf = ({ privateKey }: KeyPair) =>
  issueCertificate({
    subject: [
      ['C', 'DE'],
      ['ST', 'Hessen'],
      ['O', 'keelson'],
      ['CN', 'signer'],
    ],
    key: privateKey,
    notBefore: now - 60_000,
    notAfter: now + 3_600_000,
    extensions: [basicConstraints(false), keyUsage(['digitalSignature'])],
  });
const certificate = certificateOf(one);
const pem = ({ bytes }: Certificate) => writePem('CERTIFICATE', bytes);
/** Certificates of the Notary Project: of who signs, and of somebody else. */
export const [notary, stranger] = [pem(certificate), pem(certificateOf(two))];

/** `signed` by everybody in every way, `plain` by nobody, `mixed` with two statements of one type. */
const names = ['signed', 'plain', 'mixed'] as const;

async function put(store: ImageStore, content: JsonValue, mediaType: string) {
  const bytes = Buffer.from(JSON.stringify(content));
  const descriptor = { mediaType, digest: digestOf(bytes), size: bytes.length };
  await store.putBlob(descriptor, () => bytes);
  return descriptor;
}

const configType = 'application/vnd.oci.image.config.v1+json';

async function manifestOf(store: ImageStore, layer: JsonValue, more: object = {}, tag?: string) {
  const config = await put(store, { architecture: 'amd64', os: 'linux' }, configType);
  const layers = [await put(store, layer, 'application/json')];
  const value = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers, ...more };
  return await store.putManifest(Buffer.from(JSON.stringify(value)), mediaTypes.ociManifest, tag);
}

const signer = signerOfKey(one.privateKey);
const note = { predicateType: slsa, created: now };

async function attest(store: ImageStore, image: LoadedManifest, level: number): Promise<void> {
  const subject = { digest: image.digest };
  const statement = writeStatement({ predicateType: slsa, predicate: { level }, subject });
  await attachBundle(store, image, await signStatement(statement, { signer }), note);
}

async function signWithNotation(store: ImageStore, image: LoadedManifest): Promise<void> {
  const { mediaType, digest, size } = image;
  const target = { mediaType, digest, size };
  const made = { format: 'jws', signer: notarySignerOf(one.privateKey), chain: [certificate] } as const;
  await storeNotarySignature(store, target, await signNotation(target, { ...made, signingTime: now }), now);
}

async function attach(store: ImageStore, image: LoadedManifest, artifactType: string, content: JsonValue) {
  const { mediaType, digest, size } = image;
  const subject = { mediaType, digest, size };
  await signWithNotation(store, await manifestOf(store, content, { artifactType, subject }));
}

/** Images of `r.example`, tag `1`, in a folder. */
export class ImageWorld {
  readonly #folder = mkdtempSync(join(tmpdir(), 'keelson-images-'));
  /** Names of images that were opened. */
  asked: string[] = [];

  readonly open: ImageOpener = async (reference, use) => {
    this.asked.push(reference);
    const [, name = ''] = /^r\.example\/(\w+):1/.exec(reference) ?? [];
    if (!names.some((each) => each === name))
      throw new OciError('CONTENT_NOT_FOUND', `there is no ${reference}`);
    const store = await this.#store(name);
    try {
      return await use({ source: store, loaded: await store.resolve('1'), repository: `r.example/${name}` });
    } finally {
      await store.close();
    }
  };

  async fill(): Promise<void> {
    for (const name of names) {
      const store = await this.#store(name);
      const image = await manifestOf(store, name, {}, '1');
      if (name !== 'plain') {
        const statement = imageStatement(image.digest, new Map([['env', 'prod']]));
        await attachBundle(store, image, await signStatement(statement, { signer }), note);
        await attest(store, image, 3);
        if (name === 'mixed') await attest(store, image, 1);
        await signWithNotation(store, image);
        await attach(store, image, sbom, { bomFormat: 'CycloneDX', made: '2026-01-01T00:00:00Z' });
        await attach(store, image, scan, { made: '2026-01-02T00:00:00Z' });
      }
      await store.close();
    }
  }

  /** So many artifacts beside an image that nobody has signed. */
  async crowd(name: (typeof names)[number], count: number): Promise<void> {
    const store = await this.#store(name);
    const { mediaType, digest, size } = await store.resolve('1');
    const subject = { mediaType, digest, size };
    for (let at = 0; at < count; at++) await manifestOf(store, { at }, { artifactType: sbom, subject });
    await store.close();
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #store(name: string) {
    return openStore(parseReference(`oci:${join(this.#folder, name)}`));
  }
}
