export { decodeText } from './decode.ts';
export { ManifestError, type ManifestErrorCode, manifestErrorCodes } from './errors.ts';
export { defaultFileLimits, type FileKind, type FileLimits, fileKind } from './files.ts';
export {
  type LoadedDockerfile,
  type LoadedInput,
  type LoadOptions,
  loadInput,
  type NotJudged,
} from './load.ts';
export { documentOrigin, locateInDocument } from './origin.ts';
export { type ManifestText, readDockerfileText, readManifestText } from './text.ts';
