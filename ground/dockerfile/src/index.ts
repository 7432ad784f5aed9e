export type { Dockerfile, DockerfileComment, Heredoc, Instruction, ShellCommand, Stage } from './model.ts';
