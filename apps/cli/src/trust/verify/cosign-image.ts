import {
  type BundleRequirements,
  signerId,
  storedSignatures,
  verifyImage,
  type Wanted,
} from '@keelson/signing';
import { CommandError } from '../../errors.ts';
import { tell } from '../../stderr.ts';
import { annotationsOf } from '../annotations.ts';
import { type OpenedImage, withImage } from '../image.ts';
import type { ImageValues } from '../image-flags.ts';
import { wantedPredicateType } from '../predicate-types.ts';
import { imageText, predicatesOf, verdictJson } from '../verdict-text.ts';
import type { Told } from './way.ts';

interface CosignImageValues extends ImageValues {
  readonly type?: string | undefined;
  readonly annotations?: readonly string[] | undefined;
  readonly threshold?: string | undefined;
  readonly 'certificate-identity-regexp'?: string | undefined;
  readonly 'print-predicate'?: boolean | undefined;
  readonly quiet?: boolean | undefined;
}

/** Verifies an image by the signatures and attestations that stand beside it. */
export async function verifyStored(
  operand: string,
  values: CosignImageValues,
  requirements: BundleRequirements,
): Promise<Told> {
  const wanted = wantedOf(values);
  const threshold = thresholdOf(values);
  const judge = async ({ source, loaded: { digest } }: OpenedImage) => ({
    digest,
    verdict: verifyImage(await storedSignatures(source, digest), digest, wanted, requirements),
  });
  const { digest, verdict } = await withImage(operand, values, judge, 'bundle');
  const signers = new Set(verdict.accepted.map(({ verified }) => signerId(verified, requirements.signer)));
  const isVerified = signers.size >= threshold;
  if (!isVerified && signers.size > 0 && values.quiet !== true)
    tell(`${signers.size} of ${threshold} different signers have signed`);
  const image = { name: operand, digest, verdict, wanted, isVerified, signers: signers.size, threshold };
  return {
    isVerified,
    txt: imageText(image),
    json: verdictJson.ofImage(image),
    ...(values['print-predicate'] === true
      ? { printed: predicatesOf(verdict.accepted.map(({ verified }) => verified)) }
      : {}),
  };
}

function wantedOf(values: CosignImageValues): Wanted {
  if (values.type !== undefined) {
    if (values.annotations !== undefined)
      throw new CommandError(
        'USAGE',
        'annotations are of signatures: --annotations and --type do not go together',
      );
    return { kind: 'attestation', predicateType: wantedPredicateType(values.type) };
  }
  return { kind: 'signature', annotations: annotationsOf(values.annotations) };
}

function thresholdOf({ threshold: text, 'certificate-identity-regexp': pattern }: CosignImageValues): number {
  const count = Number(text ?? '1');
  if (!Number.isSafeInteger(count) || count < 1)
    throw new CommandError('USAGE', `--threshold ${text}: it is a whole number from 1 on`);
  if (count > 1 && pattern === undefined)
    throw new CommandError(
      'USAGE',
      `--threshold ${count} needs a pattern: one key, or one identity, is one signer`,
    );
  return count;
}
