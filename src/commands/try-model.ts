/** A model that the rules passed × limits → what became of loading and running it once, in a separate process. */
import type { LoadLimits } from '../model/load-limits.ts';
import { hasFreeSizes, hasStrings, type SampleOptions, sampleInputs } from '../model/sample-input.ts';
import type { Signature } from '../model/signature.ts';
import type { Io, ProbeResult } from '../ports.ts';

export interface TryRequest extends LoadLimits {
  /** Path relative to `io.cwd`. */
  readonly path: string;
  readonly signature: Signature;
}

/** Tried in turn after the smallest input: a window or kernel may be larger than it, a text may have to be a number. */
function alternatives(signature: Signature): readonly SampleOptions[] {
  const sizes = hasFreeSizes(signature) ? [64, 512] : [];
  return [...(hasStrings(signature) ? [{ text: '0' }] : []), ...sizes.map((free) => ({ free }))];
}

export async function tryModel({ signature, ...rest }: TryRequest, io: Io): Promise<ProbeResult> {
  const outputs = signature.outputs.map((output) => output.name);
  const attempt = (sample: SampleOptions): Promise<ProbeResult> =>
    io.prober.probe({ ...rest, inputs: sampleInputs(signature, sample), outputs });
  const first = await attempt({});
  if (first.status !== 'run-failed') return first;
  for (const sample of alternatives(signature)) {
    const result = await attempt(sample);
    if (result.status === 'ok') return result;
  }
  // The failure of the smallest input says more than that of one made up here.
  return first;
}
