/** Which models are quick for certain: the small tables among the fixtures, and nothing whose work the file does not bound. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isSurelyQuick } from '../../src/model/quick.ts';
import { readModel } from '../../src/model/read-model.ts';
import { bytesSource } from '../support/bytes-source.ts';
import { fixturePath } from '../support/fixtures.ts';
import { type GraphText, graph, model, node, rawFloats, tensor, value } from '../support/onnx-writer.ts';

const fixture = (name: string): boolean => isSurelyQuick(readModel(bytesSource(readFileSync(fixturePath(name)))));
const zeros = (name: string, dims: readonly number[]) =>
  rawFloats(name, dims, new Array(dims.reduce((product, dim) => product * dim, 1)).fill(0));
const made = (text: GraphText, width: number | string = 4): boolean =>
  isSurelyQuick(
    readModel(
      bytesSource(
        model(graph({ inputs: [value('X', 1, ['n', width])], outputs: [value('Y', 1, ['n', 'm'])], ...text })),
      ),
    ),
  );
const product = node({ op: 'Gemm', inputs: ['X', 'W'], outputs: ['Y'] });

describe('a model that is quick for certain', () => {
  it.each([
    'real/iris',
    'real/digits-mlp',
    'real/breast-cancer-xgboost',
    'real/mixed',
    'real/diabetes',
    'protocol/simple',
  ])('%s', (name) => expect(fixture(name)).toBe(true));

  it('is a small network, with its activations', () => {
    const relu = node({ op: 'Relu', inputs: ['H'], outputs: ['A'] });
    const layers = [
      node({ op: 'Gemm', inputs: ['X', 'W', 'B'], outputs: ['H'] }),
      relu,
      node({ op: 'MatMul', inputs: ['A', 'V'], outputs: ['S'] }),
      node({ op: 'Add', inputs: ['S', 'C'], outputs: ['Z'] }),
      node({ op: 'Softmax', inputs: ['Z'], outputs: ['Y'] }),
    ];
    const initializers = [zeros('W', [4, 16]), zeros('B', [16]), zeros('V', [16, 3]), zeros('C', [3])];
    expect(made({ nodes: layers, initializers })).toBe(true);
  });
});

describe('a model that may be slow', () => {
  it.each([
    'protocol/slow',
    'protocol/subgraphs',
    'protocol/functions',
    'real/digits-cnn',
    'real/text',
    'protocol/identity-float32',
  ])('%s', (name) => expect(fixture(name)).toBe(false));

  it('has an input of any width, or of many numbers', () => {
    expect(made({ nodes: [product], initializers: [zeros('W', [4, 3])] }, 'width')).toBe(false);
    expect(made({ nodes: [product], initializers: [zeros('W', [1, 3])] }, 1_000_000)).toBe(false);
  });

  it('multiplies by a large matrix, or by one that it computes', () => {
    expect(made({ nodes: [product], initializers: [zeros('W', [4, 4000])] }, 100)).toBe(false);
    expect(made({ nodes: [node({ op: 'MatMul', inputs: ['X', 'X'], outputs: ['Y'] })] })).toBe(false);
  });

  it('lays vectors across one another', () => {
    const first = node({ op: 'Add', inputs: ['X', 'W'], outputs: ['A'] });
    const second = node({ op: 'Mul', inputs: ['A', 'V'], outputs: ['Y'] });
    expect(made({ nodes: [first, second], initializers: [zeros('W', [1000, 1]), zeros('V', [1000, 1, 1])] }, 1)).toBe(
      false,
    );
    expect(made({ nodes: [first], initializers: [zeros('W', [4])] })).toBe(true);
  });

  it('computes constants from constants, or makes tensors of a size that is a value', () => {
    const nodes = [node({ op: 'Add', inputs: ['W', 'V'], outputs: ['Y'] })];
    expect(made({ nodes, initializers: [zeros('W', [1000, 1]), zeros('V', [1000])] })).toBe(false);
    const shape = tensor({ name: 'S', type: 7, dims: [1], fields: [] });
    expect(
      made({ nodes: [node({ op: 'ConstantOfShape', inputs: ['S'], outputs: ['Y'] })], initializers: [shape] }),
    ).toBe(false);
  });

  it('has an operator that is not known here, or one of another domain', () => {
    expect(
      made({ nodes: [node({ op: 'Conv', inputs: ['X', 'W'], outputs: ['Y'] })], initializers: [zeros('W', [1, 1])] }),
    ).toBe(false);
    expect(made({ nodes: [node({ op: 'Relu', domain: 'com.microsoft', inputs: ['X'], outputs: ['Y'] })] })).toBe(false);
  });
});
