import { hash } from 'node:crypto';
import { normalPath, scannedNames } from '../scanned.ts';
import { shared } from '../told.ts';
import { namePart } from './text.ts';

/**
 * What tells reports of one scan from those of others in the same cluster: a few letters to read and a digest of the paths,
 * with the folder's name where paths hang on it. Their order, `./` before them and `/` behind do not matter; how much they
 * hold does not either, so the next scan of the same paths has the same name. Empty where nobody told what was scanned.
 */
export const scanName = shared(
  ({ input }) => [input],
  ({ input }) => {
    const { scanned = [], folder = '' } = input;
    if (scanned.length === 0) return '';
    const paths = [...new Set(scanned.map(normalPath))].sort();
    const digest = hash('sha256', JSON.stringify([folder, ...paths])).slice(0, 8);
    const readable = namePart(scannedNames({ ...input, scanned: paths }, 1)[0] ?? '');
    return readable === '' ? digest : `${readable}-${digest}`;
  },
);
