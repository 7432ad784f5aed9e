import { KeelsonError } from '@keelson/core';

/** The closed table of this package: every code and what it means. */
export const netpolErrorCodes = Object.freeze({
  NETPOL_ADDRESS: 'A text is not an address or a range of addresses (CIDR).',
  NETPOL_SELECTOR: 'A selector cannot be read.',
  NETPOL_ENDPOINT: 'A query names a workload, Pod or address that the input does not have.',
  NETPOL_LIMIT: 'The input passes a bound, which the message names.',
});

export type NetpolErrorCode = keyof typeof netpolErrorCodes;

/** A fault of what is asked or of what a policy says. */
export class NetpolError extends KeelsonError<NetpolErrorCode> {}
