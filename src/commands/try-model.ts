/** A model that the rules passed × limits → what became of loading and running it once, in a separate process. */
import type { LoadLimits } from '../model/load-limits.ts';
import { hasFreeSizes, sampleInputs } from '../model/sample-input.ts';
import type { Signature } from '../model/signature.ts';
import type { Io, ProbeResult } from '../ports.ts';

export interface TryRequest extends LoadLimits {
  /** Path relative to `io.cwd`. */
  readonly path: string;
  readonly signature: Signature;
}

/** Sizes tried in turn for free dimensions beyond the rows: a window or kernel may be larger than the smallest input. */
const FREE_SIZES = [1, 64, 512];

export async function tryModel({ signature, ...rest }: TryRequest, io: Io): Promise<ProbeResult> {
  const outputs = signature.outputs.map((output) => output.name);
  const attempt = (free: number): Promise<ProbeResult> =>
    io.prober.probe({ ...rest, inputs: sampleInputs(signature, { rows: 1, free }), outputs });
  const [smallest = 1, ...larger] = FREE_SIZES;
  const first = await attempt(smallest);
  if (first.status !== 'run-failed' || !hasFreeSizes(signature)) return first;
  for (const free of larger) {
    const result = await attempt(free);
    if (result.status === 'ok') return result;
  }
  // The failure of the smallest shapes says more than that of shapes made up here.
  return first;
}
