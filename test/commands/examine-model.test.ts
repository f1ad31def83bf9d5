/** Good models through rules and probe: nothing is wrongly refused. */
import { describe, expect, it } from 'vitest';
import { examineModel } from '../../src/commands/examine-model.ts';
import { realIo } from '../../src/io/io.ts';
import { type FixtureGroup, fixturePath, listFixtures } from '../support/fixtures.ts';

const io = realIo([]);
const groups: readonly FixtureGroup[] = ['real', 'protocol', 'digest', 'foreign'];

describe('examining a model', () => {
  it.each(groups.flatMap((group) => listFixtures(group)))(
    '%s has no errors and runs, or says that ZipMap is in the way',
    async (name) => {
      const { issues, probe, structure } = await examineModel(
        { path: fixturePath(name), name: 'm', maxRows: 64, run: true },
        io,
      );
      const errors = issues.filter((issue) => issue.severity === 'error');
      expect(structure).toBeDefined();
      if (name.includes('zipmap')) {
        expect(errors).toMatchObject([{ rule: 'MSV017', hint: expect.stringContaining('mlserve fix zipmap') }]);
        expect(probe).toBeUndefined();
      } else {
        expect(errors).toEqual([]);
        expect(probe?.status).toBe('ok');
      }
    },
  );

  it('does not give a model to the runtime that a rule refuses, nor any when told not to run', async () => {
    const prober = {
      probe: () => {
        throw new Error('it was given to the runtime');
      },
    };
    const refused = await examineModel(
      { path: fixturePath('hostile/unknown-op'), maxRows: 1, run: true },
      { ...io, prober },
    );
    expect(refused.issues.map((issue) => issue.rule)).toEqual(['MSV006']);
    const spared = await examineModel({ path: fixturePath('real/iris'), maxRows: 1, run: false }, { ...io, prober });
    expect(spared).toMatchObject({ issues: [], probe: undefined });
  });

  it('counts the largest batch against the memory limit', async () => {
    const limits = { memoryBytes: 2 ** 20 };
    const examine = (maxRows: number) =>
      examineModel({ path: fixturePath('real/iris'), maxRows, limits, run: false }, io);
    expect((await examine(1)).issues).toEqual([]);
    expect((await examine(1_000_000)).issues.map((issue) => issue.rule)).toEqual(['MSV022']);
  });
});
