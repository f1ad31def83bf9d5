/** The page of a load: everything that was found is in it, nothing is loaded by it, and no name can become markup. */
import { describe, expect, it } from 'vitest';
import type { LoadRun } from '../../src/load/run.ts';
import { linearScale, logScale } from '../../src/report/chart-scale.ts';
import { loadReport } from '../../src/report/load-report.ts';
import { figures, run } from '../load/support.ts';

const HOSTILE = `</title><script>alert(1)</script><img src=x onerror="alert(2)"> ' & \u202e\u0007`;

function made(changed: Partial<LoadRun> = {}): string {
  const rates = [
    figures(100, {
      quantiles: [
        { part: 0.5, ms: 5 },
        { part: 0.99, ms: 10 },
      ],
    }),
    figures(200, { p99Ms: 77.25, refused: 13, failed: 0, timeouts: 4 }),
    figures(400, { p50Ms: null, p90Ms: null, p99Ms: null, maxMs: null, quantiles: [], answeredPerSecond: 0 }),
  ];
  const whole: LoadRun = {
    ...run(rates),
    ...{ service: { name: 'fraud', version: '1.4.0' }, mlserve: '0.1.0', startedAt: '2026-11-30T19:00:00.000Z' },
    ...{ sloMs: 50, knee: { rate: 200, isLimit: true }, withinSlo: null, comparison: null, issues: [] },
    ...changed,
  };
  return loadReport({ run: whole, facts: [['saturation', '190 answers/s']], command: 'mlserve bench . --rates 100' });
}

/** Strict, so that any reader of HTML sees the same: each tag closed by its own, values quoted, nothing loose that could be markup. */
function parsed(page: string): { tags: Record<string, number>; isBalanced: boolean; attributes: readonly string[] } {
  const tags: Record<string, number> = {};
  const attributes = new Set<string>();
  const open: string[] = [];
  let isBalanced = true;
  for (const [token] of page.replace('<!DOCTYPE html>', '').matchAll(/<[^>]*>|[^<]+|</g)) {
    const [, end, tag = '', given = '', empty] =
      /^<(\/?)([a-z][a-z0-9]*)((?: [A-Za-z][\w-]*="[^"<>]*")*)(\/?)>$/.exec(token) ?? [];
    if (tag === '') {
      isBalanced &&= !/[<>]/.test(token) && !/&(?!(amp|lt|gt|quot|#39);)/.test(token);
    } else if (end === '/') isBalanced &&= open.pop() === tag;
    else {
      tags[tag] = (tags[tag] ?? 0) + 1;
      for (const [, name = ''] of given.matchAll(/ ([\w-]+)="/g)) attributes.add(name);
      if (empty === '' && tag !== 'meta') open.push(tag);
    }
  }
  return { tags, isBalanced: isBalanced && open.length === 0, attributes: [...attributes].sort() };
}

describe('the page of a load', () => {
  it('is well formed, and has a chart of latency, of throughput and of the distribution', () => {
    const page = made();
    const { tags, isBalanced } = parsed(page);
    expect(isBalanced).toBe(true);
    expect(tags).toMatchObject({ html: 1, body: 1, title: expect.any(Number), svg: 3, h1: 1 });
    expect([...page.matchAll(/aria-label="([^"]+)"/g)].map(([, label]) => label)).toEqual([
      'Latency by rate',
      'Throughput by rate',
      'Distribution of the latency',
    ]);
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('has the figures, who answered, where and how it was measured, and what was found', () => {
    const page = made({
      issues: [
        { rule: 'bench.regression', severity: 'error', where: 'run.json', message: 'p99 is worse', hint: 'look' },
      ],
      comparison: {
        ...{ baseline: 'run.json', startedAt: '2026-11-29T19:00:00.000Z', threshold: 0.1 },
        figures: [{ figure: 'p99', rate: 200, before: 10, after: 77.25, worse: 6.725, isRegression: true }],
      },
    });
    for (const text of [
      '<h1>Load of fraud 1.4.0</h1>',
      '<td>200</td><td>200</td><td>5</td><td>8</td><td>77.25</td><td>–</td><td>11</td><td>200</td><td>13</td><td>0</td><td>4</td>',
      '<td>model iris 1.0.0</td><td>sha256:0</td>',
      '<td>Test CPU × 4, linux/x64</td>',
      '<td>2026-11-30T19:00:00.000Z</td>',
      '<td>mlserve bench . --rates 100</td>',
      '<td>saturation</td><td>190 answers/s</td>',
      '<td>672.5 % worse</td><td>regression</td>',
      '<td>bench.regression</td><td>run.json</td><td>p99 is worse</td><td>look</td>',
      '<title>p99: 200, 77.25 ms</title>',
    ]) {
      expect(page).toContain(text);
    }
  });

  it('keeps every name a text, whatever it holds, and loads nothing', () => {
    const page = made({
      service: { name: HOSTILE, version: HOSTILE },
      target: { kind: 'url', name: HOSTILE },
      models: [{ name: HOSTILE, version: HOSTILE, digest: HOSTILE }],
      machine: { cpu: HOSTILE, cpus: 1, platform: HOSTILE },
      issues: [{ rule: HOSTILE, severity: 'warning', where: HOSTILE, message: HOSTILE, hint: HOSTILE }],
    });
    const { tags, isBalanced, attributes } = parsed(page);
    expect(isBalanced).toBe(true);
    for (const tag of ['script', 'img', 'link', 'iframe', 'object', 'image', 'use']) expect(tags[tag]).toBeUndefined();
    expect(attributes.filter((name) => /^on|^(src|href|style|srcset|action)$/.test(name))).toEqual([]);
    expect(page).not.toContain('<script');
    for (const character of ['\u202e', '\u0007']) expect(page).not.toContain(character);
    expect(page).not.toMatch(/url\(|@import|https?:/);
  });

  it('has no chart where nothing was answered or loaded', () => {
    expect(parsed(made({ rates: [] })).tags.svg).toBeUndefined();
    const refused = figures(100, { p50Ms: null, p90Ms: null, p99Ms: null, maxMs: null, quantiles: [] });
    expect(parsed(made({ rates: [refused] })).tags.svg).toBeUndefined();
  });
});

describe('the axes', () => {
  it('begin at 0 and end at a round number beyond the largest value', () => {
    expect(linearScale([3, 370]).ticks).toEqual([0, 100, 200, 300, 400]);
    expect(linearScale([1]).ticks).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(linearScale([370]).place(370)).toBeCloseTo(370 / 400);
    expect(linearScale([0]).ticks[0]).toBe(0);
  });

  it('go from one power of ten to another, as many apart on paper as they are in number', () => {
    const { ticks, place } = logScale([0.4, 77]);
    expect(ticks).toEqual([0.1, 1, 10, 100]);
    expect([0.1, 1, 100].map(place)).toEqual([0, expect.closeTo(1 / 3), 1]);
    expect(logScale([1]).ticks).toEqual([1, 10]);
  });
});
