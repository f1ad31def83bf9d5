/** The estimate of memory against sizes worked out by hand. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { estimateMemory, type MemoryEstimate } from '../../src/model/memory.ts';
import { readModel } from '../../src/model/read-model.ts';
import { contentsOf } from '../../src/model/walk.ts';
import { bytesSource } from '../support/bytes-source.ts';
import { fixturePath } from '../support/fixtures.ts';
import {
  attribute,
  type Bytes,
  field,
  type GraphText,
  graph,
  int64s,
  model,
  node,
  packed,
  rawFloats,
  tensor,
  value,
} from '../support/onnx-writer.ts';

function estimate(bytes: Bytes, maxRows = 1): MemoryEstimate {
  const source = bytesSource(bytes);
  const structure = readModel(source);
  return estimateMemory({ structure, ...contentsOf(structure), source, maxRows });
}

const shape = (name: string, values: readonly bigint[]) =>
  tensor({ name, type: 7, dims: [values.length], fields: [field(9, int64s(values))] });
const typedShape = (name: string, values: readonly bigint[]) =>
  tensor({ name, type: 7, dims: [values.length], fields: [packed(7, values)] });
const made = (text: GraphText) => estimate(model(graph({ inputs: [value('X', 1, ['n', 4])], ...text }))).generated;

describe('the estimate of memory', () => {
  it('counts weights, and inputs and outputs at the largest batch', () => {
    const body = graph({
      nodes: [node({ op: 'MatMul', inputs: ['X', 'W'], outputs: ['Y'] })],
      initializers: [rawFloats('W', [4, 2], [1, 2, 3, 4, 5, 6, 7, 8])],
      inputs: [value('X', 1, ['n', 4])],
      outputs: [value('Y', 11, ['n', 2])],
    });
    expect(estimate(model(body), 100)).toMatchObject({
      weights: 32,
      inputs: 1600,
      outputs: 1600,
      generated: 0,
      total: 3232,
    });
  });

  it('reads sizes from initializers in either form and from Constant nodes', () => {
    const fill = node({ op: 'ConstantOfShape', inputs: ['S'], outputs: ['Y'] });
    expect(made({ nodes: [fill], initializers: [shape('S', [10n, 20n])] })).toBe(800);
    expect(made({ nodes: [fill], initializers: [typedShape('S', [10n, 20n])] })).toBe(800);
    const value_ints = attribute('value_ints', 7, packed(8, [10, 20]));
    expect(made({ nodes: [node({ op: 'Constant', outputs: ['S'], attributes: [value_ints] }), fill] })).toBe(800);
  });

  it('takes the element type of what is generated', () => {
    const zero = tensor({ type: 7, dims: [1], fields: [field(9, int64s([0n]))] });
    const fill = node({
      op: 'ConstantOfShape',
      inputs: ['S'],
      outputs: ['Y'],
      attributes: [attribute('value', 4, field(5, zero))],
    });
    expect(made({ nodes: [fill], initializers: [shape('S', [10n])] })).toBe(80);
  });

  it('follows shapes through the arithmetic that exporters leave behind', () => {
    const nodes = [
      node({ op: 'Concat', inputs: ['A', 'B'], outputs: ['AB'] }),
      node({ op: 'Mul', inputs: ['AB', 'A'], outputs: ['C'] }),
      node({ op: 'Cast', inputs: ['C'], outputs: ['S'] }),
      node({ op: 'Expand', inputs: ['X', 'S'], outputs: ['Y'] }),
    ];
    // [5, 7] × 5 = [25, 35] elements of 4 bytes.
    expect(made({ nodes, initializers: [shape('A', [5n]), shape('B', [7n])] })).toBe(25 * 35 * 4);
  });

  it('multiplies Tile by its input, and spans Range', () => {
    const tile = node({ op: 'Tile', inputs: ['X', 'S'], outputs: ['Y'] });
    expect(made({ nodes: [tile], initializers: [shape('S', [1n, 1000n])] })).toBe(4 * 1000 * 4);
    const range = node({ op: 'Range', inputs: ['from', 'to', 'step'], outputs: ['Y'] });
    const scalar = (name: string, number: bigint) =>
      tensor({ name, type: 7, dims: [], fields: [field(9, int64s([number]))] });
    const initializers = [scalar('from', 0n), scalar('to', 1000n), scalar('step', 3n)];
    expect(made({ nodes: [range], initializers })).toBe(334 * 8);
  });

  it('says which node is the largest', () => {
    const bytes = new Uint8Array(readFileSync(fixturePath('hostile/constant-of-shape-4gb')));
    const { largest, total } = estimate(bytes);
    expect(largest).toMatchObject({ node: { opType: 'ConstantOfShape' }, bytes: 4_000_000_000 });
    expect(total).toBeGreaterThanOrEqual(4_000_000_000);
  });

  it('stays small and quick on sizes that are data, negative, or missing', () => {
    const fill = node({ op: 'ConstantOfShape', inputs: ['S'], outputs: ['Y'] });
    expect(made({ nodes: [fill], initializers: [shape('S', [-5n, 10n])] })).toBe(0);
    expect(
      made({
        nodes: [fill],
        initializers: [
          shape(
            'S',
            Array.from({ length: 1000 }, () => 10n),
          ),
        ],
      }),
    ).toBe(0);
    expect(made({ nodes: [fill] })).toBe(0);
    const doubling = Array.from({ length: 200 }, (_, at) =>
      node({ op: 'Concat', inputs: [`S${at}`, `S${at}`], outputs: [`S${at + 1}`] }),
    );
    expect(made({ nodes: doubling, initializers: [shape('S0', [2n, 2n])] })).toBe(0);
  });
});
