/** Times of runs as they end → the time of a full batch now: a machine's neighbours come and go, and the bound of the queue goes with them. */

/** Share of the newest run in the mean: some twenty runs decide. */
const NEWEST = 0.1;

export class BatchTime {
  readonly #batchRows: number;
  #ms: number | undefined;

  /** `ms`: of a batch of `batchRows` rows in the trial; undefined where none was made, and then nothing is known until a run ends. */
  constructor(batchRows: number, ms: number | undefined) {
    this.#batchRows = batchRows;
    this.#ms = ms;
  }

  /** Milliseconds of a full batch; undefined while nothing was measured. */
  get ms(): number | undefined {
    return this.#ms;
  }

  /** A run of `rows` took `ms`. One of less than half a batch says little of a full one, and is passed over: false. */
  add(rows: number, ms: number): boolean {
    if (rows * 2 < this.#batchRows) return false;
    const full = (ms * this.#batchRows) / rows;
    this.#ms = this.#ms === undefined ? full : this.#ms + NEWEST * (full - this.#ms);
    return true;
  }
}
