/**
 * Counts nodes as go-yaml counts its decode operations, and applies its bound on the share of them that
 * aliases may cause: 99 % in documents of up to 400,000 nodes, falling to 10 % at 4,000,000. What kubectl
 * refuses for this is refused here.
 */
export class AliasBudget {
  nodes = 0;
  #expanded = 0;

  visit(): void {
    this.nodes++;
  }

  /** An alias stands for `size` nodes. */
  expand(size: number): void {
    this.nodes += size;
    this.#expanded += size;
  }

  isExcessive(): boolean {
    if (this.#expanded <= 100 || this.nodes <= 1000) return false;
    return this.#expanded / this.nodes > allowedShare(this.nodes);
  }
}

const rangeLow = 400_000;
const rangeHigh = 4_000_000;

function allowedShare(nodes: number): number {
  if (nodes <= rangeLow) return 0.99;
  if (nodes >= rangeHigh) return 0.1;
  return 0.99 - (0.89 * (nodes - rangeLow)) / (rangeHigh - rangeLow);
}
