import { objectOf } from '@keelson/core';
import type { AskedOfImages, ImageAttestor } from '@keelson/oci';
import { keelsonError, refused } from '../faults.ts';
import type { AttestationDemand, Demand, OwnVerdict } from '../model/policy.ts';
import type { AttestingAnswer } from '../verifier/known-image.ts';
import type { PolicyImages } from '../verifier/policy-images.ts';

/** The demand for artifacts that refer to the image and are signed by an attestor of the Notary Project; each must meet the rule. */
export function notaryAttestations(
  attestor: Extract<ImageAttestor, { kind: 'notary' }>,
  attestations: readonly AttestationDemand[],
  images: PolicyImages,
): Demand {
  const artifactOf = ({ predicateType: artifactType }: AttestationDemand) =>
    ({ kind: 'artifact', artifactType }) as const;
  const asked: AskedOfImages = { attestors: [attestor], attestations: attestations.map(artifactOf) };
  return {
    kind: 'own',
    judge: async ({ name, evidence }): Promise<OwnVerdict> => {
      const image = await images.load(name, asked).catch(keelsonError);
      if (image instanceof Error) return { fault: image };
      const { digest } = evidence.descriptor;
      // The image that is judged must be the one whose artifacts are looked at.
      if (image.digest !== digest) return { fault: refused(`the image ${name} is ${image.digest} by now`) };
      const statements = new Map<string, ReturnType<typeof statementsOf>>();
      let verdict: OwnVerdict = {};
      for (const wanted of attestations) {
        const answer = image.attestedBy(artifactOf(wanted), attestor);
        const found = statementsOf(answer);
        statements.set(wanted.name, found);
        const broken = found.flatMap((each) => wanted.rule?.(each, { image: name, digest, times: [] }) ?? []);
        const fault =
          answer.fault ??
          broken[0] ??
          (answer.isMet ? undefined : refused(`no attestation ${wanted.name} passes`));
        verdict = {
          accepted: [...(verdict.accepted ?? []), ...answer.accepted],
          refused: [...(verdict.refused ?? []), ...answer.refused],
          ...(verdict.fault === undefined && fault !== undefined
            ? { fault }
            : verdict.fault && { fault: verdict.fault }),
        };
      }
      return { ...verdict, statements };
    },
  };
}

/** What an artifact says stands where a statement has its predicate. */
const statementsOf = ({ payloads }: AttestingAnswer) =>
  payloads.map((predicate) => objectOf([['predicate', predicate]]));
