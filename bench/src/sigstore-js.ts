import { createRequire } from 'node:module';
import { join } from 'node:path';
import { findPackages } from './peers.ts';

/** What of `@sigstore/verify` and its companions is called here. */
interface SigstoreJs {
  readonly verify: {
    readonly Verifier: new (
      trust: unknown,
      options: object,
    ) => { verify(entity: unknown, policy: object): unknown };
    toTrustMaterial(root: unknown): unknown;
    toSignedEntity(bundle: unknown, artifact?: Buffer): unknown;
  };
  readonly bundle: { bundleFromJSON(value: unknown): unknown };
  readonly specs: { readonly TrustedRoot: { fromJSON(value: unknown): unknown } };
}

export interface VerifyCase {
  readonly bundle: string;
  readonly trustedRoot: string;
  readonly artifact: Buffer;
  readonly identity: string;
  readonly issuer: string;
}

const packages = ['@sigstore/verify@4.1.3', '@sigstore/bundle@5.0.1', '@sigstore/protobuf-specs@0.5.2'];

/** npm's client of Sigstore: a function that verifies one case, its trusted root read already; or why there is none. */
export function sigstoreJs():
  | { prepare: (of: VerifyCase) => () => void; version: string }
  | { missing: string } {
  const found = findPackages(packages);
  if ('missing' in found) return found;
  const require = createRequire(join(found.folder, 'package.json'));
  const { version }: { version: string } = require('@sigstore/verify/package.json');
  const js: SigstoreJs = {
    verify: require('@sigstore/verify'),
    bundle: require('@sigstore/bundle'),
    specs: require('@sigstore/protobuf-specs'),
  };
  return { version, prepare: (of) => prepared(js, of) };
}

function prepared({ verify, bundle, specs }: SigstoreJs, of: VerifyCase): () => void {
  const root = verify.toTrustMaterial(specs.TrustedRoot.fromJSON(JSON.parse(of.trustedRoot)));
  const isTiled = of.bundle.includes('rfc3161Timestamps');
  const verifier = new verify.Verifier(root, {
    tlogThreshold: 1,
    ctlogThreshold: 1,
    ...(isTiled ? { timestampThreshold: 1 } : {}),
  });
  const policy = { subjectAlternativeName: of.identity, extensions: { issuer: of.issuer } };
  return () => {
    verifier.verify(verify.toSignedEntity(bundle.bundleFromJSON(JSON.parse(of.bundle)), of.artifact), policy);
  };
}
