/** The file of a bundle that holds its signature. */
export const signaturesFile = '.signatures.json';

const data = /(?:^|\/)data\.(?:json|ya?ml)$/;
const others = /\.rego$|(?:^|\/)(?:patch\.json|\.manifest|\.signatures\.json)$/;

/** Whether a file of a bundle holds data of the folder that it stands in. */
export function isDataFile(path: string): boolean {
  return data.test(path);
}

/** Whether a file counts in a bundle; others may stand beside it in a folder (openpolicyagent.org, bundle file format). */
export function isBundleFile(path: string): boolean {
  return data.test(path) || others.test(path);
}
