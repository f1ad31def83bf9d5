/** A model that the rules passed × limits → what became of loading and running it once, in a separate process. */
import type { LoadLimits } from '../model/load-limits.ts';
import { sampleAttempts, sampleInputs } from '../model/sample-input.ts';
import type { Signature } from '../model/signature.ts';
import type { Io, ProbeResult } from '../ports.ts';

export interface TryRequest extends LoadLimits {
  /** Path relative to `io.cwd`. */
  readonly path: string;
  readonly signature: Signature;
  /** Labels that inputs are known to take, by input name. */
  readonly known: ReadonlyMap<string, string>;
}

/** Fewer than elsewhere: each costs a process. */
const FREE_SIZES = [1, 64, 512];

export async function tryModel({ signature, known, ...rest }: TryRequest, io: Io): Promise<ProbeResult> {
  const outputs = signature.outputs.map((output) => output.name);
  let first: ProbeResult | undefined;
  for (const sample of sampleAttempts(signature, { sizes: FREE_SIZES, known })) {
    const result = await io.prober.probe({ ...rest, inputs: sampleInputs(signature, sample), outputs });
    if (result.status === 'ok') return result;
    first ??= result;
    // What is too slow or too large for one size is so for the next.
    if (result.status !== 'run-failed') break;
  }
  if (first === undefined) throw new Error('there is always a smallest sample');
  // The failure of the smallest input says more than that of one made up here.
  return first;
}
