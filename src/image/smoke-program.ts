/**
 * What is said between the smoke test and the program that it runs beside the server, in its container: one JSON object a line each way. So
 * neither a port nor a network is needed, wherever the engine is.
 */
import { ENTRY } from './dockerfile.ts';
import { SERVICE_FOLDER } from './layers.ts';

/** A request to the server; bodies are in base64. */
export interface SmokeRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** To wait until the server is ready. */
export interface SmokeWait {
  readonly waitMs: number;
}

export interface SmokeResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The answer to a wait. */
export interface SmokeReady {
  readonly isReady: boolean;
  /** When the server said so: milliseconds since the epoch. */
  readonly at: number;
  /** Resident memory of process 1. */
  readonly rssBytes: number;
  /** What the server said last, when it is not ready. */
  readonly last: string;
}

/** Where the server listens that is tried. */
export const SMOKE_PORT = 8080;
/** What the server is started with, after the entry. */
export const SMOKE_COMMAND: readonly string[] = ['try', `/${SERVICE_FOLDER}`];

/** The program that asks it. */
export function askCommand(node: string): readonly string[] {
  return [node, ENTRY, 'ask', String(SMOKE_PORT)];
}
