/** What every route function gets (the service as it runs, and the call at hand) and what it gives back. */
import type { Engine, InferResult } from '../engine/engine.ts';
import type { Clock } from '../ports.ts';
import type { ServiceSpec } from '../service/spec.ts';
import type { Gate } from './auth/gate.ts';
import type { ModelControl, Request } from './contract.ts';
import type { Identity } from './identity.ts';
import type { Metrics } from './metrics.ts';
import type { ModelEntry } from './model-entry.ts';
import type { ModelTable } from './model-table.ts';
import type { Route } from './routes.ts';

export interface Service {
  readonly spec: ServiceSpec;
  /** What is served at this moment; not to be kept over an await. */
  readonly models: () => ModelTable;
  /** All of them: those of the table, and those whose path is a setting. */
  readonly routes: readonly Route[];
  /** Text of a file of the documentation page; undefined when there is none. */
  readonly pageFile: (name: string) => Promise<string | undefined>;
  /** Undefined when models cannot be loaded and unloaded by calls. */
  readonly control: ModelControl | undefined;
  /** Who may do what; undefined: everybody everything. */
  readonly gate: Gate | undefined;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** Whether the service was told to drain. */
  readonly isDraining: () => boolean;
  /** Whether every model has been ready at some time. */
  readonly hasStarted: () => boolean;
}

export interface Call {
  readonly request: Request;
  readonly requestId: string;
  /** When the request had arrived, on the scale of `Clock.monotonic`. */
  readonly startedAt: number;
  /** What stands for `{name}` in the path, decoded; a model that need not be served. */
  readonly name: string | undefined;
  /** The model the path names, in the version it names or else the first; the default model where it names none. */
  readonly entry: ModelEntry;
  /** The run that answers it, once it has run; for the log. */
  ran?: InferResult | undefined;
}

/** A route's answer; the handler adds the identity headers. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  /** Bytes that follow `body`, not copied. */
  readonly blobs?: readonly Uint8Array[] | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The model it is about, where that is another than the call's. */
  readonly identity?: Identity | undefined;
}

export type RouteFunction = (service: Service, call: Call) => Answer | Promise<Answer>;

/** Exactly this, with no charset: clients compare the whole string. */
export const JSON_TYPE = 'application/json';
export const PROBLEM_TYPE = 'application/problem+json';

export function jsonAnswer(status: number, value: unknown): Answer {
  return { status, type: JSON_TYPE, body: JSON.stringify(value) };
}
