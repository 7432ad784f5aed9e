import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KeelsonError } from '@keelson/core';
import {
  type Certificate,
  crlUris,
  freshestCrlUris,
  ocspUris,
  PkiError,
  readCertificates,
  readCrl,
} from '@keelson/pki';
import {
  checkRevocation,
  demandNotRevoked,
  type RevocationSource,
  verifySigningChain,
} from '@keelson/signing';
import type { Tally } from '../suite.ts';
import { filesIn, judge, judgeNow } from './judge.ts';

const now = Date.parse('2026-11-23T00:00:00Z');

/** Nobody answers: what a place says that is not there. */
class Unreachable extends KeelsonError<'UNREACHABLE'> {}
const unreachable = (uri: string) => Promise.reject(new Unreachable('UNREACHABLE', `${uri} does not answer`));

/** Revocation lists and answers of OCSP, by chains that name them. */
export async function judgeRevocation(tally: Tally, dir: string, configuration: string): Promise<void> {
  for (const name of filesIn(dir))
    if (name.endsWith('.crl'))
      judgeNow(tally, `crl/${name}`, expectedList(name), () => listKind(join(dir, name)));
    else judgeNow(tally, `crl/${name}`, expectedPoints(name), () => points(join(dir, name)));
  await judgeLists(tally, join(configuration, 'crl'));
  await judgeOcsp(tally, join(configuration, 'ocsp'));
}

function expectedList(name: string): string {
  return name.includes('delta') ? 'a delta list' : 'a complete list';
}

function listKind(path: string): string {
  return readCrl(readFileSync(path)).deltaBase === undefined ? 'a complete list' : 'a delta list';
}

/** `certificateWith2DeltaCRL`, `…ZeroDeltaCRLURL`, `…IncompleteFreshestCRL`. */
function expectedPoints(name: string): string {
  if (name.includes('Incomplete')) return 'refused';
  return name.includes('Zero') ? '0' : (/With(\d)/.exec(name)?.[1] ?? '1');
}

function points(path: string): string {
  const [certificate] = readCertificates(readFileSync(path));
  try {
    return String(certificate === undefined ? -1 : freshestCrlUris(certificate).length);
  } catch (error) {
    if (error instanceof PkiError) return 'refused';
    throw error;
  }
}

/** One list at a time is served; each certificate that it is not about has none. */
async function judgeLists(tally: Tally, dir: string): Promise<void> {
  const chain = readCertificates(readFileSync(join(dir, 'certchain_with_crl.pem')));
  const [leaf, intermediate, root] = chain;
  judgeChain(tally, 'crl/certchain_with_crl.pem', chain);
  judgeNow(tally, 'crl/root.crt', 'the root', () => {
    const [own] = readCertificates(readFileSync(join(dir, 'root.crt')));
    return root !== undefined && own !== undefined && Buffer.compare(own.bytes, root.bytes) === 0
      ? 'the root'
      : 'another';
  });
  for (const name of filesIn(dir).filter((each) => each.endsWith('.crl'))) {
    const [subject, issuer] = name.startsWith('leaf') ? [leaf, intermediate] : [intermediate, root];
    const uri = subject === undefined ? undefined : crlUris(subject)[0];
    const source: RevocationSource = {
      ocsp: unreachable,
      crl: async (asked) => (asked === uri ? readFileSync(join(dir, name)) : unreachable(asked)),
    };
    const expected = /revoked/.test(name) ? 'revoked' : /expired|invalid/.test(name) ? 'unknown' : 'good';
    await judge(tally, `crl/${name}`, expected, async () => {
      if (subject === undefined || issuer === undefined) return 'no chain';
      const [result] = await checkRevocation([subject, issuer], { source, now });
      return result?.status ?? 'none';
    });
  }
}

async function judgeOcsp(tally: Tally, dir: string): Promise<void> {
  const chain = readCertificates(readFileSync(join(dir, 'certchain_with_ocsp.pem')));
  judgeChain(tally, 'ocsp/certchain_with_ocsp.pem', chain);
  judgeNow(tally, 'ocsp/leaf.crt', 'names a responder', () =>
    readCertificates(readFileSync(join(dir, 'leaf.crt'))).every((each) => ocspUris(each).length === 1)
      ? 'names a responder'
      : 'names none',
  );
  for (const [id, source] of [
    ['no network', undefined],
    ['no answer', { ocsp: unreachable, crl: unreachable }],
  ] as const)
    await judge(tally, `ocsp with ${id}`, 'NOTARY_REVOCATION_UNKNOWN', async () => {
      demandNotRevoked(await checkRevocation(chain, { source, now }));
      return 'good';
    });
}

function judgeChain(tally: Tally, id: string, chain: readonly Certificate[]): void {
  judgeNow(tally, id, 'holds', () => {
    verifySigningChain(chain);
    return 'holds';
  });
}
