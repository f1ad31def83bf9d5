/** A model × rows of examples → as many rows as wanted that the model takes: the examples again and again, else made-up ones. */
import { sampleAttempts, sampleInputs } from '../model/sample-input.ts';
import type { Signature } from '../model/signature.ts';
import type { Tensors } from '../model/tensor.ts';
import { type Variety, varyRows } from '../model/varied-input.ts';
import type { MeasureOrder } from './measured.ts';
import { haveSameShape } from './shape-class.ts';
import { copyRows, sliceRows, stackRows } from './stack-rows.ts';

/** New buffers with every call. */
export type TrialRows = (rows: number) => Tensors;

export type TriedRows = { readonly rowsOf: TrialRows } | { readonly refusal: string };

/** Tried in turn: an index or a word may be out of range where zero and the empty string are not. */
const VARIETIES: readonly (Variety | undefined)[] = [{ discrete: true }, { discrete: false }, undefined];

/** The first that `run` does not reject. `isBatched`: the first dimension of every input counts rows. */
export async function findRows(
  {
    examples,
    known,
    model: { signature },
  }: Pick<MeasureOrder, 'examples' | 'known'> & { model: { signature: Signature } },
  isBatched: boolean,
  run: (inputs: Tensors) => Promise<unknown>,
): Promise<TriedRows> {
  let refusal: string | undefined;
  for (const rowsOf of candidates(examples, known, signature, isBatched)) {
    try {
      await run(rowsOf(1));
      return { rowsOf };
    } catch (error) {
      refusal ??= error instanceof Error ? error.message : String(error);
    }
  }
  return { refusal: refusal ?? 'there is nothing to run it on' };
}

function* candidates(
  examples: readonly Tensors[],
  known: ReadonlyMap<string, string>,
  signature: Signature,
  isBatched: boolean,
): Iterable<TrialRows> {
  const [example] = examples;
  if (example !== undefined) {
    const alike = examples.filter((each) => haveSameShape(example, each));
    yield isBatched ? cycled(stackRows(alike)) : () => copyRows(example);
  }
  for (const sample of sampleAttempts(signature, { known })) {
    for (const variety of VARIETIES) {
      yield (rows) => {
        const inputs = sampleInputs(signature, { ...sample, rows });
        return variety === undefined ? inputs : varyRows(inputs, variety);
      };
    }
  }
}

/** The rows of `all` from the first on, and again from the first. */
function cycled(all: Tensors): TrialRows {
  const [first] = all.values();
  const count = first?.dims[0] ?? 1;
  return (rows) => stackRows(Array.from({ length: rows }, (_, at) => sliceRows(all, at % count, (at % count) + 1)));
}
