// The iris model as a project with named features, and one row of it in each of the three protocols.
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './launch.js';

const COLUMNS = ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'];
const ROW = [5.1, 3.5, 1.4, 0.2];
const json = { 'content-type': 'application/json' };

/** Fills `folder`, which may then be served. */
export async function writeIrisProject(folder) {
  await copyFile(join(root, 'fixtures/models/real/iris/model.onnx'), join(folder, 'model.onnx'));
  const features = COLUMNS.map((name) => `        - { name: ${name}, type: number, input: float_input }`).join('\n');
  await writeFile(
    join(folder, 'mlserve.yaml'),
    `apiVersion: mlserve.dev/v1\nname: iris\nversion: 1.0.0\nmodels:\n  - name: iris\n    path: model.onnx\n    features:\n      columns:\n${features}\n`,
  );
}

/** `/predict` with named features. */
export const predictRequest = {
  path: '/predict',
  headers: json,
  body: Buffer.from(JSON.stringify({ instances: [Object.fromEntries(COLUMNS.map((name, at) => [name, ROW[at]]))] })),
};

const input = { name: 'float_input', shape: [1, 4], datatype: 'FP32' };

export const v2JsonRequest = {
  path: '/v2/models/iris/infer',
  headers: json,
  body: Buffer.from(JSON.stringify({ inputs: [{ ...input, data: ROW }] })),
};

const binaryHead = Buffer.from(
  JSON.stringify({
    inputs: [{ ...input, parameters: { binary_data_size: 16 } }],
    parameters: { binary_data_output: true },
  }),
);

/** The binary tensor extension, both ways. */
export const v2BinaryRequest = {
  path: '/v2/models/iris/infer',
  headers: {
    'content-type': 'application/octet-stream',
    'inference-header-content-length': String(binaryHead.length),
  },
  body: Buffer.concat([binaryHead, Buffer.from(Float32Array.from(ROW).buffer)]),
};

/** The three, as the reports name them. */
export const requests = {
  '/predict, named features': predictRequest,
  'V2 JSON': v2JsonRequest,
  'V2 binary': v2BinaryRequest,
};
