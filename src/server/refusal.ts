/** Why a request is not answered as asked: a status, a text for the client, and the violations where the body broke the contract. */

/** One way the body breaks the contract. Never carries the value that was sent. */
export interface BodyViolation {
  /** JSON pointer (RFC 6901) into the body. */
  readonly pointer: string;
  readonly rule: string;
  readonly expected: string;
}

export interface RefusalDetail {
  /** The violations to report; at most `MOST_REPORTED` of `total`. */
  readonly violations?: readonly BodyViolation[];
  readonly total?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown by routes, turned into a response of the route's style by the handler. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly detail: RefusalDetail;

  constructor(status: number, message: string, detail: RefusalDetail = {}) {
    super(message);
    this.status = status;
    this.detail = detail;
  }
}

const MOST_REPORTED = 100;
/** A client may name a member anything of any length; this much of it is enough to find it again. */
const LONGEST_NAME = 100;

/** Past this many a request is not read on: nobody counts them, and finding a million takes seconds. */
export const MOST_COUNTED = 10_000;

/** Violations as they are found; counts on after the first hundred. */
export class Violations {
  readonly #list: BodyViolation[] = [];
  #total = 0;

  /** Throws as `check` does at the `MOST_COUNTED`th. */
  add(pointer: string, rule: string, expected: string): void {
    this.#total++;
    if (this.#list.length < MOST_REPORTED) this.#list.push({ pointer, rule, expected });
    if (this.#total === MOST_COUNTED) this.check();
  }

  /** Throws the 422 that lists them, if there are any. */
  check(): void {
    const total = this.#total;
    if (total === 0) return;
    const count = total === 1 ? '1 problem' : `${total === MOST_COUNTED ? 'at least ' : ''}${total} problems`;
    throw new Refusal(422, `The request has ${count}; see "errors".`, { violations: this.#list, total });
  }
}

/** A name from a request, short enough to print. */
export function shortName(name: string): string {
  return name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME)}…`;
}

/** A name as a step of a JSON pointer, with its slash. */
export function pointerStep(name: string): string {
  return `/${shortName(name).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
