/** Model file × mode → loaded, warmed sessions, in this thread or in workers. */
import type { SampleOptions } from '../model/sample-input.ts';
import type { Signature } from '../model/signature.ts';
import type { Clock, Runtime, Session, SessionOptions } from '../ports.ts';
import type { ServiceSpec } from '../service/spec.ts';
import type { Placement } from './engine.ts';
import { INLINE_LIMIT_MS, QUICK_LIMIT_MS, type WarmUp, warmUp } from './warm-up.ts';

export interface PlaceOptions {
  readonly path: string;
  readonly signature: Signature;
  readonly isQuick?: boolean | undefined;
  readonly mode: ServiceSpec['engine']['mode'];
  readonly maxRows: number;
  readonly session: SessionOptions;
  readonly runtime: Runtime;
  readonly clock: Clock;
  /** Called when the model is loaded and its warm-up begins. */
  readonly onLoaded: () => void;
  readonly onDeath: (reason: string) => void;
}

export interface Placed {
  readonly session: Session;
  readonly placement: Placement;
  /** As the warm-up that decided found. */
  readonly gains: boolean;
  /** Made-up inputs that run; undefined when none do. */
  readonly sample: SampleOptions | undefined;
  /** Why no warm-up run succeeded; undefined when one did. */
  readonly warmUpFailure: string | undefined;
}

/**
 * Loads and warms. In mode `auto` the model is measured in a worker, so that health is answered however slow it turns out, and moves
 * to this thread when its p95 stays below `INLINE_LIMIT_MS`; one whose runs are short for certain is measured here at once. Rejects with the
 * runtime's message when the model does not load.
 */
export async function placeModel(options: PlaceOptions): Promise<Placed> {
  const { path, mode, runtime, session: sessionOptions } = options;
  if (mode === 'inline') return await warmed(options, 'inline', await runtime.loadInline(path, sessionOptions));
  if (mode === 'auto' && options.isQuick) {
    // Its runs need no watch: what bounds their work also ends them.
    const { threads } = sessionOptions;
    const placed = await warmed(options, 'inline', await runtime.loadInline(path, { threads }));
    const { p95Ms } = placed.placement;
    if (p95Ms !== undefined && p95Ms < QUICK_LIMIT_MS) return placed;
    await placed.session.release();
  }
  const inWorker = await runtime.loadInWorker(path, sessionOptions, options.onDeath);
  const placed = await warmed(options, 'worker', inWorker);
  const { p95Ms, rows } = placed.placement;
  if (mode === 'worker' || p95Ms === undefined || p95Ms >= INLINE_LIMIT_MS) return placed;
  try {
    const { session } = await warmed(options, 'inline', await runtime.loadInline(path, sessionOptions));
    await inWorker.release();
    // The figure that decided: what is measured in this thread holds whatever else it was doing.
    return { ...placed, session, placement: { mode: 'inline', p95Ms, rows } };
  } catch {
    // The worker has just proved that it can do the job.
    return placed;
  }
}

async function warmed(options: PlaceOptions, mode: Placement['mode'], session: Session): Promise<Placed> {
  options.onLoaded();
  const { p95Ms, rows, gains, sample, failure }: WarmUp = await warmUp(
    session,
    options.signature,
    options.maxRows,
    options.clock,
  );
  return { session, placement: { mode, p95Ms, rows }, gains, sample, warmUpFailure: failure };
}
