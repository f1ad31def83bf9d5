// Sizes → a convolutional network as an ONNX file: each weight is used at every pixel, so a run costs arithmetic, not memory traffic.
import { writeFileSync } from 'node:fs';
import { bytesField, concat, integerField } from '../../dist/model/wire-writer.js';

const FLOAT = 1;
const INTS = 7;

function dimensions(sizes) {
  return bytesField(
    2,
    concat(sizes.map((size) => bytesField(1, typeof size === 'number' ? integerField(1, size) : bytesField(2, size)))),
  );
}

/** A value of the graph's interface; a dimension that is a text is open. */
const value = (name, sizes) =>
  concat([bytesField(1, name), bytesField(2, bytesField(1, concat([integerField(1, FLOAT), dimensions(sizes)])))]);

const node = (operator, inputs, output, attributes = []) =>
  concat([
    ...inputs.map((name) => bytesField(1, name)),
    bytesField(2, output),
    bytesField(4, operator),
    ...attributes.map((attribute) => bytesField(5, attribute)),
  ]);

const integers = (name, values) =>
  concat([bytesField(1, name), ...values.map((each) => integerField(8, each)), integerField(20, INTS)]);

/** Small values of both signs that repeat nowhere near. */
function weights(count, state) {
  const data = new Float32Array(count);
  for (let at = 0; at < count; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data[at] = (state / 2 ** 32 - 0.5) * 0.1;
  }
  return data;
}

const tensor = (name, sizes, data) =>
  concat([
    ...sizes.map((size) => integerField(1, size)),
    integerField(2, FLOAT),
    bytesField(8, name),
    bytesField(9, new Uint8Array(data.buffer)),
  ]);

/** 5 to 10 ms a row on one thread of a current server CPU. */
const SIZE = { side: 32, channels: 64, layers: 16 };

/** Input `X` [N, 3, side, side]; `layers` 3 × 3 convolutions to `channels` channels, each with Relu; output `Y` [N, channels, 1, 1], their means. */
export function writeConvModel(path, { side, channels, layers } = SIZE) {
  const nodes = [];
  const tensors = [];
  let from = 'X';
  for (let at = 0; at < layers; at++) {
    const sizes = [channels, at === 0 ? 3 : channels, 3, 3];
    tensors.push(
      tensor(
        `w${at}`,
        sizes,
        weights(
          sizes.reduce((product, size) => product * size),
          at + 1,
        ),
      ),
    );
    const same = [integers('kernel_shape', [3, 3]), integers('pads', [1, 1, 1, 1])];
    nodes.push(node('Conv', [from, `w${at}`], `c${at}`, same), node('Relu', [`c${at}`], `r${at}`));
    from = `r${at}`;
  }
  nodes.push(node('GlobalAveragePool', [from], 'Y'));
  const graph = concat([
    ...nodes.map((each) => bytesField(1, each)),
    bytesField(2, 'convolutions'),
    ...tensors.map((each) => bytesField(5, each)),
    bytesField(11, value('X', ['N', 3, side, side])),
    bytesField(12, value('Y', ['N', channels, 1, 1])),
  ]);
  writeFileSync(path, concat([integerField(1, 8), bytesField(7, graph), bytesField(8, integerField(2, 17))]));
}

const data = Array.from({ length: 3 * SIZE.side ** 2 }, (_, at) => Math.round(((at % 13) / 13) * 1000) / 1000);

/** A row of the model of that size when it is served from `conv.onnx`: 3072 floats in, 64 out. */
export const convRequest = {
  path: '/v2/models/conv/infer',
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(
    JSON.stringify({ inputs: [{ name: 'X', shape: [1, 3, SIZE.side, SIZE.side], datatype: 'FP32', data }] }),
  ),
};
