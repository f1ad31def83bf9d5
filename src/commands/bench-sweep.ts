/** A sender × requests × the flags → the figures of each rate, the lowest first. */
import { MlserveError } from '../errors.ts';
import { arrivals } from '../load/arrivals.ts';
import { keepsUp } from '../load/knee.ts';
import type { LoadRequest, Sender } from '../load/load.ts';
import { type RateResult, rateResult } from '../load/rate-result.ts';
import { higherRate, sweepRates } from '../load/sweep-rates.ts';
import type { Io } from '../ports.ts';
import type { BenchSettings } from './bench-flags.ts';
import type { BenchTarget } from './bench-target.ts';

export interface Sweep {
  readonly requests: readonly LoadRequest[];
  readonly target: BenchTarget;
  readonly settings: BenchSettings;
  readonly seed: number;
  readonly sloMs: number;
}

/** To find out what order of rates to try; the first time is for code that is still being compiled. */
const CAPACITY = { connections: 32, durationMs: 1000 };
/** Beyond the rates that were found, while every one is kept up with. */
const MOST_HIGHER = 5;

/** Throws SERVICE_UNREACHABLE where the server ends meanwhile, INTERRUPTED. */
export async function sweep(sender: Sender, wanted: Sweep, { terminal }: Pick<Io, 'terminal'>): Promise<RateResult[]> {
  const { requests, target, settings, seed, sloMs } = wanted;
  const { durationMs, warmupMs } = settings;
  const results: RateResult[] = [];
  const tryRate = async (rate: number): Promise<RateResult> => {
    const due = arrivals({ seed: seed + results.length, perSecond: rate, durationMs: warmupMs + durationMs });
    const shots = await terminal.step(`${rate} requests/s`, () => sender.open(requests, due));
    requireAlive(target);
    const result = rateResult(shots, { rate, warmupMs, durationMs, sloMs });
    results.push(result);
    return result;
  };
  if (settings.rates !== undefined) {
    for (const rate of settings.rates) await tryRate(rate);
    return results;
  }
  const capacity = await terminal.step('finding out what it can do', async () => {
    await sender.closed(requests, CAPACITY);
    return await sender.closed(requests, CAPACITY);
  });
  requireAlive(target);
  let last: RateResult | undefined;
  for (const rate of sweepRates(capacity)) last = await tryRate(rate);
  for (let more = 0; more < MOST_HIGHER && last !== undefined && keepsUp(last, durationMs); more++) {
    last = await tryRate(higherRate(last.rate));
  }
  return results;
}

function requireAlive({ name, failure }: BenchTarget): void {
  const why = failure();
  if (why === undefined) return;
  throw new MlserveError('SERVICE_UNREACHABLE', `the service ended under load: it ${why}`, { where: name });
}
