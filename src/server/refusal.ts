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

/** Violations as they are found; counts on after the first hundred. */
export class Violations {
  readonly #list: BodyViolation[] = [];
  total = 0;

  add(pointer: string, rule: string, expected: string): void {
    this.total++;
    if (this.#list.length < MOST_REPORTED) this.#list.push({ pointer, rule, expected });
  }

  /** Throws the 422 that lists them, if there are any. */
  check(): void {
    if (this.total === 0) return;
    const count = this.total === 1 ? '1 problem' : `${this.total} problems`;
    throw new Refusal(422, `The request has ${count}; see "errors".`, { violations: this.#list, total: this.total });
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
