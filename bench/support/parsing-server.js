// `node parsing-server.js MODEL`: the usual server of one tensor: node:http, JSON.parse, a copy into a Float32Array, `session.run`, JSON.stringify.
import { createServer } from 'node:http';
import ort from 'onnxruntime-node';

const session = await ort.InferenceSession.create(process.argv[2], {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  extra: { session: { intra_op: { allow_spinning: '0' } } },
});

async function answer(body) {
  const [input] = JSON.parse(body).inputs;
  const data = Float32Array.from(input.data);
  const outputs = await session.run({ [input.name]: new ort.Tensor('float32', data, input.shape) });
  const [name] = session.outputNames;
  return JSON.stringify({ outputs: [{ name, data: Array.from(outputs[name].data) }] });
}

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', async () => {
    const text = await answer(Buffer.concat(chunks).toString());
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
      .end(text);
  });
});
server.listen(0, '127.0.0.1', () => console.log(`ready http://127.0.0.1:${server.address().port}`));
