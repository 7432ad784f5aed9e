import { isKeelsonError, JsonSyntaxError, parseJsonBytes } from '@keelson/core';
import {
  type ImageSignature,
  type RefusedSignature,
  refusalOf,
  signerId,
  verifyStored,
} from '@keelson/signing';
import { ImagePolicyError } from '../errors.ts';
import { refused } from '../faults.ts';
import type { ImageToJudge } from './evidence.ts';
import type { AttestationDemand, SigstoreDemand } from './policy.ts';
import type { Judged } from './verdict.ts';

/** What becomes of a demand for a signature, or for attestations. */
export function judgeSigstore(image: ImageToJudge, demand: SigstoreDemand): Partial<Judged> {
  const { held, faults } = heldSignatures(image, demand);
  const carrying = held.filter((each) => carries(each, demand, faults));
  return demand.attestations.length === 0
    ? judgeSignatures(carrying, faults, demand)
    : judgeAttestations(image, carrying, faults, demand);
}

/** Whether the signer has added the texts that are asked for; why not is told. */
function carries(
  { stored, annotations }: ImageSignature,
  demand: SigstoreDemand,
  faults: RefusedSignature[],
): boolean {
  const lacking = [...(demand.annotations ?? [])].find(([name, value]) => annotations.get(name) !== value);
  if (lacking === undefined) return true;
  faults.push(refusalOf(stored, unwanted(`it does not carry ${lacking.join('=')}`)));
  return false;
}

function judgeSignatures(
  accepted: readonly ImageSignature[],
  faults: RefusedSignature[],
  demand: SigstoreDemand,
): Partial<Judged> {
  const verdict = { ...acceptedBy(accepted, demand), refused: faults };
  return accepted.length > 0
    ? { ...verdict, isPassed: true }
    : { ...verdict, fault: refused('no signature is by whom the policy names') };
}

function judgeAttestations(
  image: ImageToJudge,
  held: readonly ImageSignature[],
  faults: RefusedSignature[],
  demand: SigstoreDemand,
): Partial<Judged> {
  const answers = new Map<string, readonly ImageSignature[]>();
  let fault: Error | undefined;
  for (const wanted of demand.attestations) {
    const found: ImageSignature[] = [];
    let broken = 0;
    for (const signature of held) {
      if (signature.predicateType !== wanted.predicateType) continue;
      const reason = complaint(image, wanted, signature);
      if (reason === undefined) found.push(signature);
      else {
        broken++;
        faults.push(refusalOf(signature.stored, reason));
      }
    }
    const isMet = found.length > 0 && (wanted.quantifier !== 'every' || broken === 0);
    answers.set(wanted.name, isMet ? found : []);
    const what = found.length > 0 ? `not every attestation` : `no attestation`;
    if (!isMet) fault ??= refused(`${what} ${wanted.name} of type ${wanted.predicateType} passes`);
  }
  const types = new Set(demand.attestations.map(({ predicateType }) => predicateType));
  for (const { stored, predicateType = '' } of held)
    if (!types.has(predicateType))
      faults.push(refusalOf(stored, unwanted(`it is an attestation of type ${predicateType}`)));
  const accepted = [...new Set([...answers.values()].flat())];
  const verdict = { ...acceptedBy(accepted, demand), refused: faults, answers };
  return fault === undefined ? { ...verdict, isPassed: true } : { ...verdict, fault };
}

function acceptedBy(
  signatures: readonly ImageSignature[],
  { requirements }: SigstoreDemand,
): Pick<Judged, 'accepted' | 'signers'> {
  return {
    accepted: signatures.map((signature) => ({ kind: 'sigstore', signature })),
    signers: new Set(signatures.map(({ verified }) => signerId(verified, requirements.signer))),
  };
}

/** The signatures of the form and kind that is asked for which hold. */
function heldSignatures({ evidence }: ImageToJudge, demand: SigstoreDemand) {
  const held: ImageSignature[] = [];
  const faults: RefusedSignature[] = [...evidence.stored.unreadable];
  const wantsStatement = demand.attestations.length > 0;
  for (const stored of evidence.stored.found) {
    try {
      if (!demand.forms.has(stored.form))
        throw unwanted(`it is kept as ${stored.form}, and the policy takes ${[...demand.forms].join(', ')}`);
      const signature = verifyStored(stored, evidence.descriptor.digest, demand.requirements);
      const isStatement = signature.predicateType !== undefined;
      if (isStatement !== wantsStatement)
        throw unwanted(isStatement ? 'it is an attestation' : 'it is a signature, not an attestation');
      held.push(signature);
    } catch (error) {
      if (!isKeelsonError(error)) throw error;
      faults.push(refusalOf(stored, error));
    }
  }
  return { held, faults };
}

/** Why an attestation is not the one that is asked for; undefined where it is. */
function complaint(
  { name, evidence }: ImageToJudge,
  { rule }: AttestationDemand,
  { verified: { payload, times } }: ImageSignature,
) {
  if (rule === undefined) return undefined;
  try {
    const statement = payload === undefined ? null : parseJsonBytes(payload);
    return rule(statement, { image: name, digest: evidence.descriptor.digest, times });
  } catch (error) {
    if (error instanceof JsonSyntaxError || isKeelsonError(error))
      return refused(`the statement cannot be judged: ${error.message}`, error);
    throw error;
  }
}
const unwanted = (message: string) => new ImagePolicyError('IMAGE_SIGNATURE_UNWANTED', message);
