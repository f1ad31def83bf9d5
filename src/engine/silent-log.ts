/** A log that says nothing: for questions of our own, whose failures are nobody's news. */
import type { Log } from '../ports.ts';

export const SILENT_LOG: Log = { info: () => {}, warn: () => {}, error: () => {}, child: () => SILENT_LOG };
