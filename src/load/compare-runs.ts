/** An earlier run × this one → each figure that both have, by how much it is worse, and the findings. Pure. */
import type { Issue } from '../issue.ts';
import { keepsUp } from './knee.ts';
import type { RateResult } from './rate-result.ts';
import type { ComparedFigure, LoadRun } from './run.ts';

/** What of a run is compared; nothing else of an earlier one is read. */
export type ComparedRun = Pick<LoadRun, 'target' | 'models' | 'runtime' | 'machine' | 'load' | 'rates' | 'saturation'>;

export interface ComparedRuns {
  readonly figures: readonly ComparedFigure[];
  readonly issues: readonly Issue[];
}

/**
 * p50 and p99 of the rates that both tried and the earlier one kept up with: beyond, times tell only for how long the queue grew. The saturation, where
 * both were saturated or tried the same rates. `where` the earlier one is.
 */
export function compareRuns(before: ComparedRun, after: ComparedRun, threshold: number, where: string): ComparedRuns {
  const figures = [
    ...before.rates.flatMap((earlier) => {
      const later = after.rates.find(({ rate }) => rate === earlier.rate);
      return later !== undefined && keepsUp(earlier, before.load.durationMs)
        ? latencies(earlier, later, threshold)
        : [];
    }),
    ...saturations(before, after, threshold),
  ];
  const regressions = figures.filter(({ isRegression }) => isRegression).map((each) => regression(each, where));
  return { figures, issues: [...others(before, after, where), ...nothing(figures, where), ...regressions] };
}

function latencies(earlier: RateResult, later: RateResult, threshold: number): readonly ComparedFigure[] {
  return (['p50', 'p99'] as const).flatMap((figure) => {
    const [before, after] = [earlier[`${figure}Ms`], later[`${figure}Ms`]];
    if (before === null) return [];
    // Where nothing is answered any more, no time is long enough to say so.
    if (after === null) return [compared({ figure, rate: later.rate, before, after: before, worse: 1 }, -1)];
    return [compared({ figure, rate: later.rate, before, after, worse: (after - before) / before }, threshold)];
  });
}

function saturations(before: ComparedRun, after: ComparedRun, threshold: number): readonly ComparedFigure[] {
  if (before.saturation === null) return [];
  const highest = ({ rates }: ComparedRun): number | undefined => rates.at(-1)?.rate;
  const areLimits = before.saturation.isLimit && after.saturation?.isLimit === true;
  if (!areLimits && highest(before) !== highest(after)) return [];
  const [was, is] = [before.saturation.perSecond, after.saturation?.perSecond ?? 0];
  return [compared({ figure: 'saturation', rate: null, before: was, after: is, worse: (was - is) / was }, threshold)];
}

function compared(figure: Omit<ComparedFigure, 'isRegression'>, threshold: number): ComparedFigure {
  const worse = Number(figure.worse.toFixed(4));
  return { ...figure, worse, isRegression: worse > threshold };
}

function regression({ figure, rate, before, after, worse }: ComparedFigure, where: string): Issue {
  const unit = figure === 'saturation' ? 'answers/s' : 'ms';
  const what = rate === null ? figure : `${figure} at ${rate} requests/s`;
  return {
    rule: 'bench.regression',
    severity: 'error',
    where,
    message: `${what} is ${after} ${unit}, and was ${before} ${unit}: ${Number((worse * 100).toFixed(1))} % worse`,
    hint: 'measure again with nothing else running; then find what has changed, or make this run the baseline',
  };
}

/** A comparison of nothing must not pass. */
function nothing(figures: readonly ComparedFigure[], where: string): readonly Issue[] {
  if (figures.length > 0) return [];
  return [
    {
      rule: 'bench.nothing-compared',
      severity: 'error',
      where,
      message: 'no rate was tried in both runs and kept up with in the earlier one, and neither was saturated',
      hint: 'leave out --rates, which takes those of the baseline',
    },
  ];
}

/** What makes figures differ that is no change of the service. */
function others(before: ComparedRun, after: ComparedRun, where: string): readonly Issue[] {
  const machine = ({ machine: { cpu, cpus, platform } }: ComparedRun): string => `${cpu} × ${cpus}, ${platform}`;
  const models = ({ models: all }: ComparedRun): string =>
    all
      .map(({ name, version, digest }) => `${name} ${version} ${digest}`)
      .sort()
      .join(', ');
  const parts = [
    ['bench.machine', 'the machine', machine],
    ['bench.models', 'the models', models],
    ['bench.runtime', 'the runtime', ({ runtime }: ComparedRun) => runtime],
    ['bench.target', 'the kind of target', ({ target }: ComparedRun) => target.kind],
  ] as const;
  return parts.flatMap(([rule, what, of]) => {
    const [was, is] = [of(before), of(after)];
    if (was === is) return [];
    const message = `${what} changed since the baseline: ${was}, and now ${is}`;
    return [{ rule, severity: 'warning', where, message, hint: 'figures may differ for that reason alone' } as const];
  });
}
