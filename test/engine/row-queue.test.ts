/** The row queue against a plain array that does the same slowly. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RowQueue } from '../../src/engine/row-queue.ts';

interface Item {
  readonly id: number;
  readonly rows: number;
}

const operation = fc.oneof(
  fc.record({ kind: fc.constant('push' as const), rows: fc.nat(6) }),
  fc.record({ kind: fc.constant('take' as const) }),
  fc.record({ kind: fc.constant('takeMore' as const), rows: fc.nat(8), mostPassed: fc.nat(3) }),
  fc.record({ kind: fc.constant('remove' as const), modulus: fc.integer({ min: 2, max: 4 }) }),
);

const judge = ({ id }: Item) => (['take', 'take', 'pass', 'drop'] as const)[id % 4] ?? 'pass';

/** Takes out of `items` in place. */
function takeMore(items: Item[], { rows, mostPassed }: { readonly rows: number; readonly mostPassed: number }): Item[] {
  const taken: Item[] = [];
  let passed = 0;
  for (const item of [...items]) {
    const total = taken.reduce((sum, each) => sum + each.rows, 0);
    const verdict = judge(item);
    if (total >= rows || (verdict === 'take' && total + item.rows > rows)) break;
    if (verdict === 'pass' && passed++ === mostPassed) break;
    if (verdict === 'take') taken.push(item);
    if (verdict !== 'pass') items.splice(items.indexOf(item), 1);
  }
  return taken;
}

describe('a row queue', () => {
  it('gives items back in order, each once, and never holds more rows than its bound unless one waits alone', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), fc.array(operation, { maxLength: 80 }), (limit, operations) => {
        const queue = new RowQueue<Item>(limit);
        let model: Item[] = [];
        let id = 0;
        for (const step of operations) {
          if (step.kind === 'push') {
            const rows = model.reduce((sum, item) => sum + item.rows, 0);
            expect(queue.hasRoom(step.rows)).toBe(model.length === 0 || rows + step.rows <= limit);
            if (!queue.hasRoom(step.rows)) continue;
            const item = { id: id++, rows: step.rows };
            queue.push(item);
            model.push(item);
          } else if (step.kind === 'take') {
            expect(queue.take()).toBe(model.shift());
          } else if (step.kind === 'takeMore') {
            expect(queue.takeMore({ ...step, judge })).toEqual(takeMore(model, step));
          } else {
            const isGone = (item: Item): boolean => item.id % step.modulus === 0;
            expect(queue.remove(isGone)).toEqual(model.filter(isGone));
            model = model.filter((item) => !isGone(item));
          }
          expect(queue.length).toBe(model.length);
          expect(queue.rows).toBe(model.reduce((sum, item) => sum + item.rows, 0));
        }
      }),
    );
  });
});
