/** The form of what `mlserve doctor` finds, and how checks make it. */

export interface Check {
  /** Stable name of the check: `node`, `engine`. */
  readonly name: string;
  /** An error keeps mlserve from its work here; a warning, only from what needs the thing. */
  readonly state: 'ok' | 'warning' | 'error';
  readonly message: string;
  /** What to do about it: the command, where there is one. */
  readonly hint?: string;
}

export function ok(name: string, message: string): Check {
  return { name, state: 'ok', message };
}

export function warning(name: string, message: string, hint?: string): Check {
  return { name, state: 'warning', message, ...(hint === undefined ? {} : { hint }) };
}

export function failed(name: string, message: string, hint?: string): Check {
  return { name, state: 'error', message, ...(hint === undefined ? {} : { hint }) };
}
