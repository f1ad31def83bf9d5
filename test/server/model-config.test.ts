import { describe, expect, it } from 'vitest';
import type { ServableType } from '../../src/model/element-type.ts';
import { identity } from '../support/fake-engine.ts';
import { handlerOf, tensorValue } from './support.ts';

type Shape = readonly (number | string)[] | null;
async function configOf(input: Shape, output: Shape = input, type: ServableType = 'float32') {
  const signature = {
    inputs: [tensorValue('INPUT0', type, input)],
    defaultedInputs: [],
    outputs: [tensorValue('OUTPUT0', type, output)],
  };
  const under = handlerOf([{ name: 'm', compute: identity, signature }]);
  const { status, body } = await under.json('GET', '/v2/models/m/config');
  expect(status).toBe(200);
  expect(await under.json('GET', '/v2/models/m/versions/1.4.0/config')).toEqual({ status, body });
  return body as { max_batch_size: number; input: Record<string, unknown>[]; output: Record<string, unknown>[] };
}

describe('the configuration of a model', () => {
  it('has what perf_analyzer and image_client read', async () => {
    expect(await configOf(['N', 3, 224, 224], ['N', 1000])).toEqual({
      name: 'm',
      platform: 'onnxruntime_onnx',
      backend: 'onnxruntime',
      version_policy: { specific: { versions: ['1.4.0'] } },
      max_batch_size: 8,
      input: [
        {
          name: 'INPUT0',
          data_type: 'TYPE_FP32',
          format: 'FORMAT_NCHW',
          dims: [3, 224, 224],
          is_shape_tensor: false,
          allow_ragged_batch: false,
          optional: false,
        },
      ],
      output: [{ name: 'OUTPUT0', data_type: 'TYPE_FP32', dims: [1000] }],
      instance_group: [{ kind: 'KIND_CPU', count: 1 }],
      model_transaction_policy: { decoupled: false },
      response_cache: { enable: false },
    });
  });

  it.each<[Shape, Shape, number, number[], number[]]>([
    [['N', 4], ['N', 3], 8, [4], [3]],
    [['N', 'M', 4], ['N'], 8, [-1, 4], []],
    // The rows cannot be told apart from the rest, or are not there.
    [['N', 4], [3], 0, [-1, 4], [3]],
    [['N', 4], [], 0, [-1, 4], []],
    [[2, 4], [2, 4], 0, [2, 4], [2, 4]],
    [[], [], 0, [], []],
    // One row and no more.
    [[1, 4], [1, 3], 1, [4], [3]],
    [[1, 4], ['N', 3], 1, [4], [3]],
    [[1, 4], [4], 0, [1, 4], [4]],
    [null, null, 8, [-1], [-1]],
  ])('of %j → %j has max_batch_size %d, and dims without it', async (input, output, most, inputDims, outputDims) => {
    const config = await configOf(input, output);
    expect([config.max_batch_size, config.input[0]?.dims, config.output[0]?.dims]).toEqual([
      most,
      inputDims,
      outputDims,
    ]);
  });

  it.each<[Shape, string]>([
    [['N', 1, 28, 28], 'FORMAT_NCHW'],
    [['N', 224, 224, 3], 'FORMAT_NHWC'],
    [[3, 224, 224], 'FORMAT_NCHW'],
    [['N', 3, 3, 3], 'FORMAT_NONE'],
    [['N', 7, 224, 224], 'FORMAT_NONE'],
    [['N', 4], 'FORMAT_NONE'],
  ])('of an input %j says %s', async (shape, format) => {
    expect((await configOf(shape)).input[0]?.format).toBe(format);
  });

  it.each<[ServableType, string]>([
    ['string', 'TYPE_STRING'],
    ['bool', 'TYPE_BOOL'],
    ['float16', 'TYPE_FP16'],
    ['uint64', 'TYPE_UINT64'],
  ])('calls %s %s', async (type, name) => {
    expect((await configOf(['N'], ['N'], type)).input[0]?.data_type).toBe(name);
  });
});
