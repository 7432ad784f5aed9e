import { EnvelopeError } from './errors.ts';

/** Bounds on envelopes. Passing one is an error that names it. */
export interface EnvelopeLimits {
  /** Characters or bytes of a whole envelope. Bills of materials are signed whole, so it is generous. */
  readonly maxEnvelopeBytes: number;
  /** Signatures of one envelope; each may cost a check. */
  readonly maxSignatures: number;
  /** Bytes of one header: certificate chains and timestamps stand there. */
  readonly maxHeaderBytes: number;
}

export const defaultEnvelopeLimits: EnvelopeLimits = Object.freeze({
  maxEnvelopeBytes: 64 * 1024 * 1024,
  maxSignatures: 64,
  maxHeaderBytes: 1024 * 1024,
});

/** @throws EnvelopeError ENVELOPE_LIMIT */
export function holdBound(
  what: string,
  size: number,
  limits: EnvelopeLimits,
  name: keyof EnvelopeLimits,
): void {
  const most = limits[name];
  if (size > most)
    throw new EnvelopeError('ENVELOPE_LIMIT', `${what} has ${size}, more than ${name} (${most})`);
}
