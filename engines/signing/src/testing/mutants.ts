/** Numbers from a seed, the same at each run. */
export function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state;
  }
}

/** Copies of a document with some of its bytes changed, taken out, repeated or cut off. */
export function* mutants(source: Uint8Array | string, count: number, seed = 6): Generator<Uint8Array> {
  const bytes = Buffer.from(source);
  const random = numbers(seed);
  const below = (bound: number) => random.next().value % Math.max(bound, 1);
  for (let made = 0; made < count; made++) {
    const start = below(bytes.length);
    const length = 1 + below(8);
    const piece = bytes.subarray(start, start + length);
    const changed = piece.map((byte) => byte ^ (1 << below(8)));
    const middle = [[changed], [], [piece, piece], [Buffer.from('"\\u0000{[9')]][below(4)] ?? [];
    const tail = below(20) === 0 ? [] : [bytes.subarray(start + length)];
    yield Buffer.concat([bytes.subarray(0, start), ...middle, ...tail]);
  }
}
