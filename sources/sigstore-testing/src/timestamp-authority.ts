import {
  type Certificate,
  DerFields,
  extendedKeyUsage,
  hashOf,
  integer,
  issueTimeStamp,
  keyPurposes,
  keyUsage,
  octetString,
  PkiError,
  readDer,
  type TimeStampRequest,
  tags,
} from '@keelson/pki';
import { authorityExtensions, issue } from './authority.ts';
import { Refusal } from './refusal.ts';

const policy = '1.3.6.1.4.1.57264.2';

/** A timestamp authority (RFC 3161). */
export class TimestampAuthority {
  readonly #root = issue('tsa root', undefined, authorityExtensions);
  readonly #signer = issue('tsa', this.#root, [
    keyUsage(['digitalSignature']),
    extendedKeyUsage([keyPurposes.timeStamping], true),
  ]);
  readonly #now: () => number;
  #serialNumber = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The signing certificate first, the root last. */
  get chain(): readonly Certificate[] {
    return [this.#signer.certificate, this.#root.certificate];
  }

  /** The answer to a TimeStampReq. @throws Refusal 400 for bytes that are none */
  answer(request: Uint8Array): Uint8Array {
    return this.stamp(requestFrom(request));
  }

  stamp({ algorithm, digest, nonce, certReq }: TimeStampRequest): Uint8Array {
    this.#serialNumber++;
    return issueTimeStamp({
      authority: this.#signer,
      messageImprint: { algorithm, digest },
      policy,
      serialNumber: this.#serialNumber,
      genTime: this.#now(),
      ...(nonce === undefined ? {} : { nonce }),
      ...(certReq === true ? {} : { certificates: [] }),
    });
  }
}

/** A TimeStampReq (section 2.4.1). @throws Refusal 400 */
export function requestFrom(bytes: Uint8Array): TimeStampRequest {
  try {
    const fields = new DerFields(readDer(bytes), 'TimeStampReq');
    fields.take(tags.integer, 'version');
    const imprint = new DerFields(fields.take(tags.sequence, 'messageImprint'), 'MessageImprint');
    const algorithm = hashOf(imprint.take(tags.sequence, 'hashAlgorithm'));
    const digest = octetString(imprint.take(tags.octetString, 'hashedMessage'));
    imprint.finish();
    fields.optional(tags.oid, 'reqPolicy');
    const nonce = fields.optional(tags.integer, 'nonce');
    const certReq = fields.optional(tags.boolean, 'certReq') !== undefined;
    fields.finish();
    return { algorithm, digest, certReq, ...(nonce === undefined ? {} : { nonce: integer(nonce) }) };
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    throw new Refusal(400, `the request: ${error.message}`);
  }
}
