/** An earlier run and this one: what is compared, what is worse by too much, and what makes the comparison doubtful. */
import { describe, expect, it } from 'vitest';
import { compareRuns } from '../../src/load/compare-runs.ts';
import { figures, run } from './support.ts';

const BEFORE = run([figures(100), figures(200)]);
const found = (after: Parameters<typeof compareRuns>[1], before = BEFORE, threshold = 0.1) =>
  compareRuns(before, after, threshold, 'run.json');

describe('two runs', () => {
  it('have nothing to tell where they are alike, to the threshold itself', () => {
    const { figures: compared, issues } = found(run([figures(100, { p99Ms: 11 }), figures(200, { p50Ms: 4 })]));
    expect(issues).toEqual([]);
    expect(compared.map(({ figure, rate, worse }) => [figure, rate, worse])).toEqual([
      ['p50', 100, 0],
      ['p99', 100, 0.1],
      ['p50', 200, -0.2],
      ['p99', 200, 0],
      ['saturation', null, 0],
    ]);
  });

  it('differ where a latency or the saturation is worse by more than the threshold', () => {
    const after = run([figures(100, { p50Ms: 6 }), figures(200, { answeredPerSecond: 150, p99Ms: 13 })]);
    expect(found(after).issues.map(({ rule, severity, message }) => [rule, severity, message])).toEqual([
      ['bench.regression', 'error', 'p50 at 100 requests/s is 6 ms, and was 5 ms: 20 % worse'],
      ['bench.regression', 'error', 'p99 at 200 requests/s is 13 ms, and was 10 ms: 30 % worse'],
      ['bench.regression', 'error', 'saturation is 150 answers/s, and was 200 answers/s: 25 % worse'],
    ]);
    expect(found(after, BEFORE, 0.3).issues).toEqual([]);
  });

  it('differ where nothing is answered any more', () => {
    const { issues } = found(run([figures(100), figures(200, { p50Ms: null, p99Ms: null })]), BEFORE, 99);
    expect(issues.map(({ rule }) => rule)).toEqual(['bench.regression', 'bench.regression']);
  });

  it('are compared at rates that both tried and the earlier one kept up with, for beyond only the queue grows', () => {
    const before = run([figures(100), figures(300, { answeredPerSecond: 200, p99Ms: 500 })], {
      saturation: { perSecond: 200, isLimit: true },
    });
    const after = run([figures(100), figures(250), figures(300, { answeredPerSecond: 205, p99Ms: 900 })], {
      saturation: { perSecond: 250, isLimit: true },
    });
    const { figures: compared, issues } = found(after, before);
    expect(compared.map(({ figure, rate }) => `${figure} ${rate}`)).toEqual(['p50 100', 'p99 100', 'saturation null']);
    expect(issues).toEqual([]);
  });

  it('have saturations to compare only where both were saturated, or tried the same', () => {
    expect(found(run([figures(100)])).figures.map(({ figure }) => figure)).toEqual(['p50', 'p99']);
  });

  it('fail where nothing was compared', () => {
    expect(found(run([figures(50)])).issues).toMatchObject([{ rule: 'bench.nothing-compared', severity: 'error' }]);
  });

  it('are doubted where machine, models, runtime or kind of target are others', () => {
    const after = run([figures(100), figures(200)], {
      machine: { cpu: 'Test CPU', cpus: 2, platform: 'linux/x64' },
      models: [{ name: 'iris', version: '1.0.0', digest: 'sha256:1' }],
      runtime: '1.31.0',
      target: { kind: 'image', name: 'iris:1' },
    });
    const { issues } = found(after);
    expect(issues.map(({ rule, severity }) => `${severity} ${rule}`)).toEqual([
      'warning bench.machine',
      'warning bench.models',
      'warning bench.runtime',
      'warning bench.target',
    ]);
    expect(issues[0]?.message).toBe(
      'the machine changed since the baseline: Test CPU × 4, linux/x64, and now Test CPU × 2, linux/x64',
    );
    expect(issues[1]?.message).toContain('the models changed since the baseline: ');
  });
});
