// Sizes → big ONNX files that are valid models: a chain of `Add` nodes, one float32 initializer each. Used by the benchmarks.
import { closeSync, openSync, writeSync } from 'node:fs';
import { bytesField, concat, integerField, varintBytes } from '../dist/model/wire-writer.js';

const CHUNK = Buffer.allocUnsafe(8 * 1024 * 1024);
for (let at = 0, state = 1; at < CHUNK.length; at += 4) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  CHUNK.writeUInt32LE(state, at);
}

function put(file, size) {
  for (let left = size; left > 0; left -= CHUNK.length) writeSync(file, CHUNK, 0, Math.min(left, CHUNK.length));
}

/** A file of `size` bytes that do not repeat within 8 MB. */
export function writeBytes(path, size) {
  const file = openSync(path, 'w');
  put(file, size);
  closeSync(file);
}

const text = (field, value) => bytesField(field, value);

function value(name, elements) {
  const shape = bytesField(1, integerField(1, elements));
  return concat([text(1, name), bytesField(2, bytesField(1, concat([integerField(1, 1), bytesField(2, shape)])))]);
}

/** A model of `tensors` initializers of `elements` float32 each: in the file, or in `data` beside it when a name is given. */
export function writeModel(path, { tensors, elements, data }) {
  const size = elements * 4;
  const nodes = [];
  const heads = [];
  for (let at = 0; at < tensors; at++) {
    const name = `layer.${at}.weight`;
    nodes.push(bytesField(1, concat([text(1, `v${at}`), text(1, name), text(2, `v${at + 1}`), text(4, 'Add')])));
    const head = [integerField(1, elements), integerField(2, 1), text(8, name)];
    if (data === undefined) head.push(varintBytes(9 * 8 + 2), varintBytes(size));
    else {
      const places = { location: data, offset: at * size, length: size };
      for (const [key, place] of Object.entries(places))
        head.push(bytesField(13, concat([text(1, key), text(2, String(place))])));
      head.push(integerField(14, 1));
    }
    heads.push(concat(head));
  }
  const inline = data === undefined ? size : 0;
  const tensorHead = (head) => concat([varintBytes(5 * 8 + 2), varintBytes(head.length + inline), head]);
  const starts = heads.map(tensorHead);
  const tail = concat([bytesField(11, value('v0', elements)), bytesField(12, value(`v${tensors}`, elements))]);
  const graphHead = concat([...nodes, text(2, 'chain')]);
  const graphSize = graphHead.length + starts.reduce((sum, start) => sum + start.length + inline, 0) + tail.length;
  const file = openSync(path, 'w');
  writeSync(file, concat([integerField(1, 8), varintBytes(7 * 8 + 2), varintBytes(graphSize), graphHead]));
  for (const start of starts) {
    writeSync(file, start);
    put(file, inline);
  }
  writeSync(file, concat([tail, bytesField(8, integerField(2, 17))]));
  closeSync(file);
}
