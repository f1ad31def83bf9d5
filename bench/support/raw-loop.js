// `node raw-loop.js MODEL SECONDS THREADS`: the limit of the runtime: `session.run` in a loop for each batch size; prints rows a second as JSON.
import ort from 'onnxruntime-node';

const [, , path, seconds, threads] = process.argv;
const session = await ort.InferenceSession.create(path, {
  intraOpNumThreads: Number(threads),
  interOpNumThreads: 1,
  extra: { session: { intra_op: { allow_spinning: '0' } } },
});
const { name, shape } = session.inputMetadata[0];
const width = shape.slice(1).reduce((product, size) => product * size, 1);
const rates = {};
for (const rows of [1, 2, 4, 8, 16, 32]) {
  const data = Float32Array.from({ length: rows * width }, (_, at) => (at % 13) / 13);
  const feeds = { [name]: new ort.Tensor('float32', data, [rows, ...shape.slice(1)]) };
  await session.run(feeds);
  const start = performance.now();
  const end = start + (Number(seconds) * 1000) / 6;
  let runs = 0;
  let now = start;
  for (; now < end; now = performance.now()) {
    await session.run(feeds);
    runs++;
  }
  rates[rows] = (runs * rows * 1000) / (now - start);
}
console.log(JSON.stringify(rates));
