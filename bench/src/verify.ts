import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { artifactOfBytes, exactly, readBundle, readTrustedRoot, verifyBundle } from '@keelson/signing';
import { measureHere } from './in-process.ts';
import { corpus, keelson } from './keelson.ts';
import { measureInTurn, rounded, summarizeCosts } from './measure.ts';
import { findPeer } from './peers.ts';
import { sigstoreJs, type VerifyCase } from './sigstore-js.ts';

/** Bundles of the three forms in use, each with its bar in milliseconds of CPU for one verification. */
const cases = [
  { name: 'happy-path-v0.3-new-mediaType', bar: 2 },
  { name: 'rekor2-happy-path', bar: 3 },
  { name: 'rekor2-dsse-happy-path', bar: 3 },
] as const;
const identity =
  'https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main';
const issuer = 'https://token.actions.githubusercontent.com';
/** Peak memory of the whole command: below what cosign 3 takes, 62 MB. */
const oneShotMb = 62;
const perRun = 20;
const runs = 15;

/**
 * CPU of one verification in this process, the trusted root read already, against npm's `@sigstore/verify` on the same bundles, run
 * about; then the whole command against `cosign verify-blob`. Bars: 2 ms, 3 ms for Rekor v2, a fifth of `@sigstore/verify`; 62 MB.
 */
export async function run() {
  const dir = corpus('sigstore-conformance');
  const peer = sigstoreJs();
  const rows = cases.map(({ name, bar }) => {
    const of = caseOf(dir, name);
    const own = measureHere(runs, repeated(ownVerifier(of)));
    const ownMs = (own.cpuMedian * 1_000) / perRun;
    if ('missing' in peer) return { name, keelsonMs: rounded(ownMs, 2), bar, holds: ownMs <= bar };
    const other = measureHere(runs, repeated(peer.prepare(of)));
    const peerMs = (other.cpuMedian * 1_000) / perRun;
    const ratio = ownMs / peerMs;
    return {
      name,
      keelsonMs: rounded(ownMs, 2),
      sigstoreJsMs: rounded(peerMs, 2),
      ratio: rounded(ratio, 3),
      bar,
      holds: ownMs <= bar && ratio <= 0.2,
    };
  });
  const once = oneShot(dir);
  const [command] = once.rows;
  return {
    bench: 'verify',
    node: process.version,
    sigstoreJs: 'missing' in peer ? peer.missing : peer.version,
    rows,
    oneShot: once,
    bars: { ms: 2, msRekor2: 3, ratio: 0.2, oneShotMb },
    holds: rows.every(({ holds }) => holds) && command?.exit === 0 && command.peakMb <= oneShotMb,
  };
}

/** `keelson verify` beside `cosign verify-blob`, where that is. */
function oneShot(dir: string) {
  const folder = join(dir, 'bundle-verify', 'happy-path-v0.3-new-mediaType');
  const flags = [
    ...[
      '--bundle',
      join(folder, 'bundle.sigstore.json'),
      '--trusted-root',
      join(dir, 'trusted_root.prod.json'),
    ],
    ...['--certificate-identity', identity, '--certificate-oidc-issuer', issuer],
    join(dir, 'bundle-verify', 'a.txt'),
  ];
  const cosign = findPeer('cosign');
  const commands = [
    keelson('keelson verify', 'verify', ...flags),
    { name: 'node -e 0', program: process.execPath, args: ['-e', '0'] },
    ...('program' in cosign
      ? [{ name: 'cosign verify-blob', program: cosign.program, args: ['verify-blob', ...flags] }]
      : []),
  ];
  return {
    cosign: 'program' in cosign ? cosign.program.replace(/^.*\//, '') : cosign.missing,
    rows: summarizeCosts(measureInTurn(commands, 11)),
  };
}

function caseOf(dir: string, name: string): VerifyCase {
  const folder = join(dir, 'bundle-verify', name);
  const own = join(folder, 'trusted_root.json');
  return {
    bundle: readFileSync(join(folder, 'bundle.sigstore.json'), 'utf8'),
    trustedRoot: readFileSync(existsSync(own) ? own : join(dir, 'trusted_root.prod.json'), 'utf8'),
    artifact: readFileSync(join(dir, 'bundle-verify', 'a.txt')),
    identity,
    issuer,
  };
}

function ownVerifier(of: VerifyCase): () => void {
  const trustedRoot = readTrustedRoot(of.trustedRoot);
  const signer = {
    kind: 'identities' as const,
    identities: [{ subject: exactly(of.identity), issuer: exactly(of.issuer) }],
  };
  return () => {
    verifyBundle(readBundle(of.bundle), artifactOfBytes(of.artifact), {
      trustedRoot,
      signer,
      logEntries: 1,
      timestamps: 0,
      certificateLogged: true,
    });
  };
}

function repeated(work: () => void): () => void {
  return () => {
    for (let at = 0; at < perRun; at++) work();
  };
}
