import { ImagePolicyError } from '../errors.ts';
import type { Demand } from './policy.ts';

/** The demand, or why nothing can meet it. */
export function demanded(make: () => Demand): Demand {
  try {
    return make();
  } catch (error) {
    if (error instanceof ImagePolicyError) return { kind: 'unsupported', fault: error };
    throw error;
  }
}
