import { isKeelsonError } from '@keelson/core';
import { nameToString } from '@keelson/pki';
import { verifyNotarySignatures } from '@keelson/signing';
import { refused } from '../faults.ts';
import type { ImageToJudge } from './evidence.ts';
import type { Demand, DemandSet, NamedDemand, NotationDemand } from './policy.ts';
import { judgeSigstore } from './sigstore-demand.ts';
import type { AcceptedSignature, DemandVerdict, Judged } from './verdict.ts';

const nothing: Judged = {
  isPassed: false,
  isStatic: false,
  accepted: [],
  refused: [],
  signers: new Set(),
  answers: new Map(),
  parts: [],
};

/** What becomes of a set of demands: each is judged, so that all is told. */
export async function judgeSet(
  image: ImageToJudge,
  { count, of, counts = 'demands' }: DemandSet,
): Promise<Judged> {
  const parts: DemandVerdict[] = [];
  for (const each of of) parts.push(await judgeNamed(image, each));
  const passed = parts.filter(({ isPassed }) => isPassed);
  const signers = new Set(passed.flatMap((part) => [...part.signers]));
  const met = { demands: passed.length, signers: signers.size, both: signersApart(passed) }[counts];
  const judged = { ...nothing, parts, signers };
  // A set that asks for nothing is a mistake, and lets nothing pass.
  if (met >= count && count > 0)
    return { ...judged, isPassed: true, isStatic: passed.every(({ isStatic }) => isStatic) };
  const isAbout = counts === 'signers' || (counts === 'both' && passed.length >= count);
  const lack = isAbout
    ? `${met} of ${count} different signers have signed`
    : `${passed.length} of ${of.length} met, ${count} needed`;
  return { ...judged, fault: refused(lack) };
}

/** How many of the demands can be given a signer each that no other of them is given: a matching, found by augmenting paths. */
function signersApart(passed: readonly DemandVerdict[]): number {
  const given = new Map<string, DemandVerdict>();
  const giveTo = (demand: DemandVerdict, tried: Set<string>): boolean => {
    for (const signer of demand.signers) {
      if (tried.has(signer)) continue;
      tried.add(signer);
      const holder = given.get(signer);
      if (holder !== undefined && !giveTo(holder, tried)) continue;
      given.set(signer, demand);
      return true;
    }
    return false;
  };
  return passed.filter((demand) => giveTo(demand, new Set())).length;
}

/** Whether a demand was met by a signature of a signer who is trusted. */
export const hasSignature = ({ isPassed, accepted, parts }: Judged): boolean =>
  isPassed && (accepted.some(isBySomebody) || parts.some(hasSignature));

/** Levels of the Notary Project may let a signer pass who is not trusted (trust-store-trust-policy.md, signature verification levels). */
function isBySomebody(accepted: AcceptedSignature): boolean {
  if (accepted.kind === 'sigstore') return true;
  const authenticity = accepted.verdict.results.find(({ check }) => check === 'authenticity');
  return authenticity !== undefined && authenticity.action !== 'skip' && authenticity.fault === undefined;
}

async function judgeNamed(image: ImageToJudge, { name, demand }: NamedDemand): Promise<DemandVerdict> {
  return { name, ...(await judge(image, demand)) };
}

async function judge(image: ImageToJudge, demand: Demand): Promise<Judged> {
  switch (demand.kind) {
    case 'unsupported':
      return { ...nothing, fault: demand.fault };
    case 'static':
      return demand.passes
        ? { ...nothing, isPassed: true, isStatic: true }
        : {
            ...nothing,
            fault: refused(
              `disallowed by static policy${demand.message.trim() === '' ? '' : `: ${demand.message}`}`,
            ),
          };
    case 'set':
      return await judgeSet(image, demand);
    case 'sigstore':
      return { ...nothing, ...judgeSigstore(image, demand) };
    case 'notation':
      return { ...nothing, ...(await judgeNotation(image, demand)) };
    case 'own': {
      const verdict = await demand.judge(image);
      const isPassed = verdict.fault === undefined;
      const judged = { ...nothing, ...verdict, isPassed };
      return { ...judged, isStatic: isPassed && !hasSignature(judged) };
    }
  }
}

/** What becomes of a demand for a signature of the Notary Project. */
export async function judgeNotation(
  { evidence: { descriptor, repository, notary } }: ImageToJudge,
  { requirements }: NotationDemand,
): Promise<Partial<Judged>> {
  try {
    const target = { kind: 'image', descriptor, repository } as const;
    const found = await verifyNotarySignatures(notary, notary.read, { ...requirements, target });
    const { outcome, verdict, manifest, refused: faults } = found;
    if (outcome === 'skipped') return { isPassed: true, isStatic: true };
    if (verdict === undefined || manifest === undefined)
      return { refused: faults, fault: refused('no signature of the Notary Project holds') };
    const [leaf] = verdict.envelope?.chain ?? [];
    const signers = new Set(leaf === undefined ? [] : [`x509 ${nameToString(leaf.subject)}`]);
    const accepted = [{ kind: 'notation', manifest, verdict } as const];
    return { isPassed: true, refused: faults, accepted, signers };
  } catch (error) {
    // A policy that says nothing of the repository is the reason why nothing passes.
    if (!isKeelsonError(error)) throw error;
    return { fault: error };
  }
}
