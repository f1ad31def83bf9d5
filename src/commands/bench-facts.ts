/** A run → what follows of its rates, as pairs of words: for the terminal and the report. Pure. */
import type { Bearable, MostAnswered } from '../load/knee.ts';
import type { LoadRun } from '../load/run.ts';

export type Fact = readonly [what: string, said: string];

export function benchFacts({ rates, saturation, knee, withinSlo, sloMs }: LoadRun): readonly Fact[] {
  if (rates.length === 0) return [];
  return [
    ['saturation', saturationText(saturation)],
    ['knee', bearableText(knee, 'below the lowest rate')],
    [`p99 in ${sloMs} ms`, bearableText(withinSlo, 'at no rate')],
  ];
}

function saturationText(saturation: MostAnswered | null): string {
  if (saturation === null) return 'nothing was answered';
  const { perSecond, isLimit } = saturation;
  return isLimit ? `${perSecond} answers/s` : `at least ${perSecond} answers/s: every rate was kept up with`;
}

function bearableText(found: Bearable | null, none: string): string {
  if (found === null) return none;
  const { rate, isLimit } = found;
  return isLimit ? `up to ${rate} requests/s` : `at least up to ${rate} requests/s, the highest rate`;
}
