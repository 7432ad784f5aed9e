/** What the expansion of variables may still cost in one file, in characters put in or looked at. */
export class ExpansionAllowance {
  #left: number;
  #isExceeded = false;

  constructor(characters: number) {
    this.#left = characters;
  }

  get left(): number {
    return this.#left;
  }

  /** True when something was left as written for want of allowance. */
  get isExceeded(): boolean {
    return this.#isExceeded;
  }

  /** False when there is too little left; then nothing is left. */
  spend(characters: number): boolean {
    if (characters > this.#left) {
      this.#left = 0;
      this.#isExceeded = true;
      return false;
    }
    this.#left -= characters;
    return true;
  }

  /** Notes that one word alone would have been too long; the others may still be expanded. */
  refuse(): void {
    this.#isExceeded = true;
  }
}
