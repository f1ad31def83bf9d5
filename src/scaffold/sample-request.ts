/** Features, or the inputs of a raw model → a body of `POST /predict` to make the first golden example of. */
import { hasStrings, type SampleOptions, sampleAttempts, sampleElements, sampleInputs } from '../model/sample-input.ts';
import type { Signature } from '../model/signature.ts';
import type { PredictionValue } from '../service/codec.ts';
import { nestedValue } from '../service/nested-value.ts';
import type { SuggestedColumn, SuggestedFeatures } from './suggest-features.ts';

/** Strings to try: a word, or a number in digits for models that read one out of it. */
const TEXTS = ['example', '0'];
/** Elements of a request: its text has at least two characters for each, and bodies end at 16 MiB where nothing else is declared. */
const MOST_ELEMENTS = 2 ** 22;

/**
 * Requests in the order to try them, each made when it is asked for; the first that the model answers becomes the example. None where
 * the smallest input has more than `mostElements`.
 */
export function* sampleRequests(
  signature: Signature,
  features: SuggestedFeatures | undefined,
  mostElements: number = MOST_ELEMENTS,
): Iterable<PredictionValue> {
  if (features !== undefined) {
    const texts = hasStrings(signature) ? TEXTS : TEXTS.slice(0, 1);
    for (const text of texts) yield { instances: [sampleRow(features.columns, text)] };
    return;
  }
  for (const sample of sampleAttempts(signature, { texts: TEXTS })) {
    if (sampleElements(signature, sample) <= mostElements) yield { inputs: wholeTensors(signature, sample) };
  }
}

function wholeTensors(signature: Signature, sample: SampleOptions): PredictionValue {
  return Object.fromEntries(
    [...sampleInputs(signature, sample)].map(([name, tensor]) => [name, nestedValue(tensor)] as const),
  );
}

function sampleRow(columns: readonly SuggestedColumn[], text: string): PredictionValue {
  return Object.fromEntries(columns.map((column) => [column.name, sampleCell(column, text)] as const));
}

function sampleCell({ type, values, known }: SuggestedColumn, text: string): PredictionValue {
  if (type === 'category' || type === 'string') return values?.[0] ?? known?.[0] ?? text;
  if (type === 'integer') return Number(known?.[0] ?? 0);
  return type === 'boolean' ? false : 0;
}
