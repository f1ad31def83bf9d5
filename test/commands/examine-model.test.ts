/** Good models through rules and probe: nothing is wrongly refused. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { examineModel } from '../../src/commands/examine-model.ts';
import { realIo } from '../../src/io/io.ts';
import { type FixtureGroup, fixturePath, listFixtures } from '../support/fixtures.ts';
import * as onnx from '../support/onnx-writer.ts';
import { graph, model, node, packed, tensor, value } from '../support/onnx-writer.ts';
import { tempFolder } from '../support/temp.ts';
import { writeModel } from '../support/write-model.ts';

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

  it('takes a data file with a name that no file system has for a missing one', async () => {
    const folder = await tempFolder();
    const place = { location: 'a'.repeat(5000) };
    const graph = onnx.graph({
      initializers: [onnx.externalTensor('w', 1, [2], place)],
      inputs: [onnx.value('x', 1, ['N', 2])],
      outputs: [onnx.value('y', 1, ['N', 2])],
      nodes: [onnx.node({ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] })],
    });
    await writeFile(join(folder, 'm.onnx'), onnx.model(graph));
    const { issues } = await examineModel({ path: join(folder, 'm.onnx'), maxRows: 1, run: true }, io);
    expect(issues.map((issue) => issue.rule)).toEqual(['MSV007']);
  });

  it('takes a dimension of -1 for a free one, as Paddle writes it', async () => {
    const folder = await tempFolder();
    const shape = [-1, 3];
    const graph = onnx.graph({
      inputs: [onnx.value('x', 1, shape)],
      outputs: [onnx.value('y', 1, shape)],
      nodes: [onnx.node({ op: 'Relu', inputs: ['x'], outputs: ['y'] })],
    });
    await writeFile(join(folder, 'm.onnx'), onnx.model(graph));
    const { issues, structure, probe } = await examineModel(
      { path: join(folder, 'm.onnx'), maxRows: 1, run: true },
      io,
    );
    expect(structure?.signature.inputs).toMatchObject([{ shape: [null, 3] }]);
    expect({ issues, status: probe?.status }).toEqual({ issues: [], status: 'ok' });
  });

  it('tries few and small inputs, whatever is free in the model', async () => {
    const seven = tensor({ name: 's', type: 7, dims: [1], fields: [packed(7, [7])] });
    const open = ['n', 'a', 'b', 'c', 'd'];
    const body = graph({
      nodes: [node({ op: 'Reshape', inputs: ['x', 's'], outputs: ['y'] })],
      initializers: [seven],
      inputs: [value('x', 1, open)],
      outputs: [value('y', 1, [7])],
    });
    const path = await writeModel(model(body));
    const { probe } = await examineModel({ path, maxRows: 1, run: true }, io);
    expect(probe).toMatchObject({ status: 'run-failed', message: expect.stringContaining('{1,1,1,1,1}') });
  });

  it('counts the largest batch against the memory limit', async () => {
    const limits = { memoryBytes: 2 ** 20 };
    const examine = (maxRows: number) =>
      examineModel({ path: fixturePath('real/iris'), maxRows, limits, run: false }, io);
    expect((await examine(1)).issues).toEqual([]);
    expect((await examine(1_000_000)).issues.map((issue) => issue.rule)).toEqual(['MSV022']);
  });
});
