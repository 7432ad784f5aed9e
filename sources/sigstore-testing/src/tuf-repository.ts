import { constants, createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { JsonObject, JsonValue } from '@keelson/core';
import { canonicalJson } from '@keelson/envelopes';
import { TestServer } from '@keelson/registry-testing';

export interface RoleKeys {
  keyids: string[];
  threshold: number;
}

export interface DelegatedRole extends RoleKeys {
  name: string;
  terminating: boolean;
  paths?: string[];
  path_hash_prefixes?: string[];
}

interface MetaFile {
  version: number;
  length?: number;
  hashes?: Record<string, string>;
}

interface Signed {
  _type: string;
  spec_version: string;
  version: number;
  expires: string;
}

export interface RootFile extends Signed {
  consistent_snapshot: boolean;
  keys: Record<string, JsonValue>;
  roles: Record<string, RoleKeys>;
}

export interface TargetsFile extends Signed {
  targets: Record<string, { length: number; hashes: Record<string, string>; custom?: JsonValue }>;
  delegations?: { keys: Record<string, JsonValue>; roles?: DelegatedRole[]; succinct_roles?: JsonObject };
}

export interface Signer {
  readonly id: string;
  readonly key: JsonObject;
  readonly privateKey: KeyObject;
}

/** A time, in milliseconds since 1970, as metadata has it. */
export function expiryOf(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

export function newSigner(more: JsonObject = {}): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const point = publicKey.export({ type: 'spki', format: 'der' }).subarray(12).toString('hex');
  return signerOf({ keytype: 'ed25519', scheme: 'ed25519', keyval: { public: point }, ...more }, privateKey);
}

export function signerOf(key: JsonObject, privateKey: KeyObject): Signer {
  return { id: sha256Hex(canonical(key)), key, privateKey };
}

export function sha256Hex(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function signature(payload: Uint8Array, key: KeyObject): Buffer {
  if (key.asymmetricKeyType === 'ed25519') return sign(null, payload, key);
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  const isRsa = key.asymmetricKeyType === 'rsa';
  return sign(
    'sha256',
    payload,
    isRsa ? { key, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } : key,
  );
}

/**
 * A repository in memory that serves whatever a test lets it. Files of roles are plain objects that tests change; `publish` gives each the
 * next version, signs it, and announces it in snapshot and timestamp, which are published when they are named.
 */
export class SimulatedRepository {
  readonly root: RootFile;
  readonly timestamp: Signed & { meta: { 'snapshot.json': MetaFile } };
  readonly snapshot: Signed & { meta: Record<string, MetaFile> };
  readonly targets: TargetsFile;
  readonly delegated = new Map<string, TargetsFile>();
  readonly signers = new Map<string, Signer[]>();
  /** What is served, by path: `1.root.json`, `targets/…`. Tests change that too. */
  readonly files = new Map<string, Uint8Array>();
  readonly requests: string[] = [];
  /** Announce length and hashes of metadata. */
  hasHashes = false;
  readonly #expires: string;

  /** @param now milliseconds since 1970: all of it expires thirty days after */
  constructor(now: number) {
    this.#expires = expiryOf(now + 30 * 24 * 60 * 60 * 1000);
    this.timestamp = { ...this.#signed('timestamp'), meta: { 'snapshot.json': { version: 1 } } };
    this.snapshot = { ...this.#signed('snapshot'), meta: { 'targets.json': { version: 1 } } };
    this.targets = { ...this.#signed('targets'), targets: {} };
    this.root = { ...this.#signed('root'), consistent_snapshot: true, keys: {}, roles: {} };
    for (const role of ['root', 'timestamp', 'snapshot', 'targets']) {
      this.root.roles[role] = { keyids: [], threshold: 1 };
      this.addKey(role);
    }
    this.publish('root', 'targets', 'snapshot', 'timestamp');
  }

  #signed(type: string): Signed {
    return { _type: type, spec_version: '1.0.34', version: 0, expires: this.#expires };
  }

  addKey(role: string, signer = newSigner()): Signer {
    this.root.keys[signer.id] = signer.key;
    this.root.roles[role]?.keyids.push(signer.id);
    this.signers.set(role, [...(this.signers.get(role) ?? []), signer]);
    return signer;
  }

  /** Other keys for a role than it had. */
  rotate(role: string): void {
    this.root.roles[role] = { keyids: [], threshold: 1 };
    this.signers.delete(role);
    this.addKey(role);
  }

  /** Makes a role trusted by another one; its file is made where there is none. */
  delegate(from: string, role: Partial<DelegatedRole> & { name: string }): TargetsFile {
    const signer = newSigner();
    const delegator = this.targetsOf(from);
    delegator.delegations ??= { keys: {}, roles: [] };
    delegator.delegations.keys[signer.id] = signer.key;
    delegator.delegations.roles?.push({ keyids: [signer.id], threshold: 1, terminating: false, ...role });
    this.signers.set(role.name, [...(this.signers.get(role.name) ?? []), signer]);
    const file = this.delegated.get(role.name) ?? { ...this.#signed('targets'), targets: {} };
    this.delegated.set(role.name, file);
    return file;
  }

  targetsOf(role: string): TargetsFile {
    const file = role === 'targets' ? this.targets : this.delegated.get(role);
    if (file === undefined) throw new Error(`no role ${role}`);
    return file;
  }

  addTarget(role: string, path: string, content: string, hashes?: Record<string, string>): void {
    const own = hashes ?? { sha256: sha256Hex(content) };
    this.targetsOf(role).targets[path] = { length: Buffer.byteLength(content), hashes: own };
    const at = path.lastIndexOf('/') + 1;
    for (const hash of Object.values(own))
      this.files.set(`targets/${path.slice(0, at)}${hash}.${path.slice(at)}`, Buffer.from(content));
    this.files.set(`targets/${path}`, Buffer.from(content));
  }

  /** The next version of each, in this order. */
  publish(...roles: readonly string[]): void {
    for (const role of roles) {
      const file = this.#file(role);
      file.version++;
      this.serve(role, this.signedBytes(role, file), file.version);
    }
  }

  #file(role: string): Signed {
    if (role === 'root') return this.root;
    if (role === 'timestamp') return this.timestamp;
    return role === 'snapshot' ? this.snapshot : this.targetsOf(role);
  }

  /** The file as its signers sign it. */
  signedBytes(role: string, signed: object): Uint8Array {
    const value: JsonValue = JSON.parse(JSON.stringify(signed));
    const payload = canonical(value);
    const signatures = (this.signers.get(role) ?? []).map(({ id, privateKey }) => ({
      keyid: id,
      sig: signature(payload, privateKey).toString('hex'),
    }));
    return Buffer.from(JSON.stringify({ signed: value, signatures }));
  }

  /** Serves bytes as a version of a role, and announces them. */
  serve(role: string, bytes: Uint8Array, version: number): void {
    const name = encodeURIComponent(role);
    for (const file of role === 'root'
      ? [`${version}.root.json`]
      : [`${version}.${name}.json`, `${name}.json`])
      this.files.set(file, bytes);
    if (role === 'root' || role === 'timestamp') return;
    const announced = this.hasHashes
      ? { version, length: bytes.length, hashes: { sha256: sha256Hex(bytes) } }
      : { version };
    if (role === 'snapshot') this.timestamp.meta['snapshot.json'] = announced;
    else this.snapshot.meta[`${role}.json`] = announced;
  }

  /** What is served as the newest of a role, changed as a JSON document. */
  tamper(
    file: string,
    change: (document: { signed: JsonObject; signatures: { keyid: string; sig: string }[] }) => void,
  ): void {
    const document = JSON.parse(Buffer.from(this.files.get(file) ?? '').toString());
    change(document);
    this.files.set(file, Buffer.from(JSON.stringify(document)));
  }

  /** As a server at `https://tuf.example/`. */
  readonly fetch = async (url: string, maxBytes: number): Promise<Uint8Array | undefined> => {
    const path = url.replace('https://tuf.example/', '');
    this.requests.push(path);
    const bytes = this.files.get(path);
    if (bytes !== undefined && bytes.length > maxBytes)
      throw new Error(`${path} has more than ${maxBytes} bytes`);
    return bytes;
  };
}

function canonical(value: JsonValue): Uint8Array {
  const bytes = canonicalJson(value);
  if (bytes === undefined) throw new Error('metadata of the test has a number that is not whole');
  return bytes;
}

/** Serves a repository on loopback. */
export async function serveRepository(repository: SimulatedRepository): Promise<TestServer> {
  return await TestServer.start((request, response) => {
    const bytes = repository.files.get(decodeURIComponent((request.url ?? '').slice(1)));
    response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
  });
}
