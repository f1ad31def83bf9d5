import { describe, expect, it } from 'vitest';
import { checkMovement, type MovementLimits } from '../../src/compare/check-movement.ts';
import { type Movement, tallyMovement } from '../../src/compare/movement.ts';
import type { PredictionValue } from '../../src/service/codec.ts';

function moved(
  pairs: readonly (readonly [PredictionValue, PredictionValue])[],
  exact: readonly string[] = [],
): Movement {
  const tally = tallyMovement(new Set(exact));
  for (const [was, is] of pairs) tally.add(was, is);
  return tally.finish();
}

const found = (movement: Movement, limits: MovementLimits) =>
  checkMovement(movement, limits).map(({ rule, severity }) => `${severity} ${rule}`);

describe('predictions', () => {
  it('are compared by member, and by label where numbers have labels', () => {
    const { members } = moved([
      [
        { label: 'a', score: { a: 0.75, b: 0.25 } },
        { label: 'a', score: { a: 0.5, b: 0.5 } },
      ],
      [
        { label: 'a', score: { a: 1, b: 0 } },
        { label: 'b', score: { a: 0, b: 1 } },
      ],
    ]);
    expect(members).toMatchObject([
      { member: 'label', kind: 'label', values: 2, changed: 1, maxDifference: null, rankCorrelation: null },
      {
        member: 'score.a',
        kind: 'number',
        values: 2,
        changed: 2,
        maxDifference: 1,
        meanDifference: 0.625,
        rankCorrelation: -1,
      },
      { member: 'score.b', kind: 'number', maxDifference: 1, meanDifference: 0.625 },
    ]);
  });

  it('of lists are compared place by place under the name of the list', () => {
    const { members } = moved([[{ x: [1, [2, 3]] }, { x: [1, [2, 4]] }]]);
    expect(members).toMatchObject([{ member: 'x', values: 3, changed: 1, maxDifference: 1 }]);
  });

  it('that are integers are labels', () => {
    const movement = moved([[{ label: 2 }, { label: 7 }]], ['label']);
    expect(movement).toMatchObject({ otherLabels: 1, members: [{ kind: 'label', changed: 1, maxDifference: null }] });
  });

  it('that are not finite on one side are in no difference, and count as the worst', () => {
    const movement = moved([
      [{ x: 1 }, { x: 3 }],
      [{ x: 1 }, { x: Number.NaN }],
      [{ x: Number.NaN }, { x: Number.NaN }],
    ]);
    expect(movement.members).toMatchObject([
      { values: 3, changed: 2, maxDifference: 2, meanDifference: 2, incomparable: 1 },
    ]);
    expect(movement.worst.map(({ row, difference }) => [row, difference])).toEqual([
      [2, Number.POSITIVE_INFINITY],
      [1, 2],
    ]);
    expect(movement.otherLabels).toBe(0);
  });

  it('that one model does not have are counted and left out', () => {
    const movement = moved([
      [{ x: 1 }, null],
      [null, null],
      [{ x: 1 }, { x: 1 }],
    ]);
    expect(movement).toMatchObject({ rows: 3, compared: 1, unanswered: { old: 1, new: 2 } });
    expect(movement.members).toMatchObject([{ values: 1 }]);
  });

  it('list the rows with other labels first, then those that moved most, five at most', () => {
    const rows = [0.1, 0.5, 0.3, 0, 0.2, 0.4, 0.6].map((by, at) => {
      const label = at === 4 ? 'b' : 'a';
      return [
        { label: 'a', x: 1 },
        { label, x: 1 + by },
      ] as const;
    });
    expect(moved(rows).worst.map(({ row }) => row)).toEqual([5, 7, 2, 6, 3]);
  });

  it('of many rows keep more than the first few for their ranks', () => {
    const rows = Array.from({ length: 1000 }, (_, at) => [{ x: at }, { x: at < 500 ? at : 1500 - at }] as const);
    // scipy.stats.spearmanr of 0…999 and the same with its upper half turned round.
    expect(moved(rows).members[0]?.rankCorrelation).toBeCloseTo(0.7500007500007501, 12);
  });
});

describe('limits', () => {
  const movement = moved([
    [
      { label: 'a', x: 1 },
      { label: 'a', x: 1.5 },
    ],
    [
      { label: 'a', x: 2 },
      { label: 'b', x: 2 },
    ],
    [
      { label: 'a', x: 3 },
      { label: 'a', x: 3 },
    ],
    [
      { label: 'a', x: 4 },
      { label: 'a', x: 4 },
    ],
  ]);

  it('that hold are no findings, and neither is their absence', () => {
    expect(found(movement, { tolerance: 0.5, maxChangedLabels: 0.25, minRankCorrelation: 1 })).toEqual([]);
    expect(found(movement, {})).toEqual([]);
  });

  it('that are exceeded are errors', () => {
    expect(found(movement, { tolerance: 0.49 })).toEqual(['error diff.tolerance']);
    expect(found(movement, { maxChangedLabels: 0.24 })).toEqual(['error diff.labels']);
    const turned = moved([
      [{ x: 1 }, { x: 2 }],
      [{ x: 2 }, { x: 1 }],
    ]);
    expect(found(turned, { minRankCorrelation: 0.9 })).toEqual(['error diff.rank']);
  });

  it('of the order are exceeded by a model that answers one value, and not by one that did before', () => {
    expect(
      found(
        moved([
          [{ x: 1 }, { x: 3 }],
          [{ x: 2 }, { x: 3 }],
        ]),
        { minRankCorrelation: 0.5 },
      ),
    ).toEqual(['error diff.rank']);
    expect(
      found(
        moved([
          [{ x: 3 }, { x: 3 }],
          [{ x: 3 }, { x: 3 }],
        ]),
        { minRankCorrelation: 0.5 },
      ),
    ).toEqual([]);
  });

  it('are exceeded by rows that the new model does not take, and by numbers that are no longer finite', () => {
    const lost = moved([
      [{ x: 1 }, { x: 1 }],
      [{ x: 1 }, null],
    ]);
    expect(found(lost, {})).toEqual(['warning diff.unanswered']);
    expect(found(lost, { tolerance: 1 })).toEqual(['error diff.unanswered']);
    expect(found(moved([[{ x: 1 }, { x: Number.NaN }]]), { tolerance: 1 })).toEqual(['error diff.tolerance']);
  });

  it('cannot hold where the predictions share no member', () => {
    const strangers = moved([[{ x: 1 }, { y: 1 }]]);
    expect(found(strangers, {})).toEqual(['warning diff.nothing-shared']);
    expect(found(strangers, { tolerance: 1 })).toEqual(['error diff.nothing-shared']);
  });
});
