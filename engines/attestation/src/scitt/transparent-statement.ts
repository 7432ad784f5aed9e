import { isKeelsonError } from '@keelson/core';
import { type CoseSign1, readCoseSign1, verifyCoseSign1, writeCose } from '@keelson/envelopes';
import { AttestationError } from '../errors.ts';
import { type AttestationLimits, beyond, defaultAttestationLimits } from '../limits.ts';
import { bytesIn, type CoseVerifier, type ReceiptEvidence, read, verifyReceipt } from './receipt.ts';

/** The label under which receipts stand in the header that is not signed (RFC 9942, 2). */
const receiptsLabel = 394;

/** What a transparent statement must have. */
export interface TransparencyRequirements {
  /** Of who made the statement. */
  readonly issuer: CoseVerifier;
  /** Labels of the statement's header that the caller processes: 15 are the claims of a CWT. */
  readonly understood?: readonly (number | string)[];
  /** Transparency services that are trusted, by name. */
  readonly services: ReadonlyMap<string, CoseVerifier>;
  /** Of how many of them there must be a receipt. At least one. */
  readonly receipts: number;
  readonly limits?: AttestationLimits;
}

export interface VerifiedTransparentStatement {
  readonly statement: CoseSign1;
  readonly payload: Uint8Array;
  /** By the service's name. */
  readonly receipts: ReadonlyMap<string, ReceiptEvidence>;
}

/**
 * Verifies a signed statement of SCITT with its receipts. What a service has in its log is the statement without what is not signed: that
 * is where receipts are put in later.
 *
 * Receipts of services that are not trusted are left alone; two of one service count as one.
 *
 * @throws AttestationError SIGNED_STATEMENT_INVALID, SIGNED_STATEMENT_WRONG, RECEIPT_MISSING, ATTESTATION_LIMIT
 */
export function verifyTransparentStatement(
  bytes: Uint8Array,
  requirements: TransparencyRequirements,
): VerifiedTransparentStatement {
  const { issuer, services, understood = [], limits = defaultAttestationLimits } = requirements;
  if (bytes.length > limits.maxDocumentBytes) throw beyond('the statement', 'maxDocumentBytes', limits);
  const statement = read('SIGNED_STATEMENT_INVALID', () => readCoseSign1(bytes));
  const payload = read('SIGNED_STATEMENT_WRONG', () => verifyCoseSign1(statement, { ...issuer, understood }));
  const entry = writeCose({ ...statement, unprotected: new Map() });
  const list = bytesIn(statement.unprotected.get(receiptsLabel) ?? []);
  if (list.length > limits.maxSignatures)
    throw beyond('the receipts of a statement', 'maxSignatures', limits);
  const receipts = new Map<string, ReceiptEvidence>();
  const faults: string[] = [];
  for (const [name, service] of services)
    for (const receipt of list) {
      try {
        receipts.set(name, verifyReceipt(receipt, entry, service));
      } catch (error) {
        if (!isKeelsonError(error)) throw error;
        faults.push(error.message);
      }
    }
  if (receipts.size < Math.max(1, requirements.receipts))
    throw new AttestationError(
      'RECEIPT_MISSING',
      `the statement has receipts of ${receipts.size} trusted services, and ${Math.max(1, requirements.receipts)} are required${
        faults.length === 0 ? '' : `: ${[...new Set(faults)].join('; ')}`
      }`,
    );
  return { statement, payload, receipts };
}
