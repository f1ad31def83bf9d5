// `node minimal-server.cjs MODEL PORT`: as little as can answer predictions of iris: node:http, onnxruntime-node, no checks, no configuration. CommonJS, for an
// ES import of node:http reads all that it exports, and so loads Node's web client.
const { createServer } = require('node:http');
const ort = require('onnxruntime-node');

const [, , model, port] = process.argv;
const loaded = ort.InferenceSession.create(model, { intraOpNumThreads: 1, interOpNumThreads: 1 });

async function predict(text) {
  const session = await loaded;
  const row = Float32Array.from(Object.values(JSON.parse(text).instances[0]));
  const { label } = await session.run({ float_input: new ort.Tensor('float32', row, [1, 4]) });
  return JSON.stringify({ predictions: [{ label: Number(label.data[0]) }] });
}

createServer((request, response) => {
  let text = '';
  request.on('data', (chunk) => {
    text += chunk;
  });
  request.on('end', async () => response.end(await predict(text)));
}).listen(Number(port), '127.0.0.1');
