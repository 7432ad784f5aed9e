export { type DockerfileEdit, type DockerfileTextEdit, editDockerfile } from './edit.ts';
export { type DockerfileErrorCode, dockerfileErrorCodes } from './error.ts';
export { type ImageName, splitImageName } from './image-name.ts';
export type {
  Dockerfile,
  DockerfileComment,
  Heredoc,
  Instruction,
  InstructionFlag,
  InstructionPair,
  InstructionWord,
  ShellCommand,
  ShellRedirect,
  Stage,
} from './model.ts';
export {
  allInstructions,
  type DockerfileLimits,
  type DockerfileOptions,
  defaultLimits,
  type ParsedDockerfile,
  parseDockerfile,
} from './parse.ts';
export { baseName } from './shell-script.ts';
export { dockerfileValue, locateDockerfile } from './value.ts';
export { splitQuoted } from './words.ts';
