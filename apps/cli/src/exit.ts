/** Exit codes; where several apply the first of usage, outside, unreadable, findings is taken. */
export const exitCodes = {
  /** Done; nothing at or above the threshold. */
  done: 0,
  /** Done; findings at or above the threshold. */
  findings: 1,
  /** Unknown flag, missing file, invalid configuration. */
  usage: 2,
  /** Some input could not be read; the rest was judged and reported. */
  unreadable: 3,
  /** A system outside failed. */
  outside: 4,
} as const;
