/** Sets flags of V8 in this process, as its command line would. */
export function setV8Flags(...flags: readonly string[]): void {
  const { setFlagsFromString } = process.getBuiltinModule('node:v8');
  // V8 takes the code that Node keeps of its own modules only under the flags of the start: what every verb needs of
  // them is loaded before.
  void process.getBuiltinModule('node:util').parseArgs;
  for (const flag of flags) setFlagsFromString(flag);
}

/**
 * Lets V8 optimize a function after 20,000 calls (Maglev) and 60,000 (TurboFan), where its own measure is 400 and 3,000. A run of the
 * command is over before most of that work pays: a scan of 900 files takes a quarter less CPU, one evaluation of a
 * policy too. Long loops are optimized as ever, by their turns.
 */
export function optimizeLater(): void {
  setV8Flags('--invocation-count-for-maglev=20000', '--invocation-count-for-turbofan=60000');
}

/**
 * Keeps V8's young generation at the size that it has, at first its smallest: what is made in a run is mostly gone at once, and a young generation that
 * grows with it takes memory and no less time.
 */
export function keepYoungGenerationSmall(): void {
  setV8Flags('--semi-space-growth-factor=1');
}

/**
 * Lets the young generation grow fourfold as soon as much of it outlives a collection, until it is kept as it is again. What writes
 * a hundred megabytes makes as much garbage as it can hold many times over, and each collection costs the same however little is left.
 */
export function growYoungGeneration(): void {
  setV8Flags('--semi-space-growth-factor=4');
}

/** V8's own measure again, for what runs long and is measured. */
export function optimizeAsUsual(): void {
  setV8Flags('--invocation-count-for-maglev=400', '--invocation-count-for-turbofan=3000');
}
