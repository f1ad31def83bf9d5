import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { realProber } from '../../src/io/prober.ts';
import type { Tensors } from '../../src/model/tensor.ts';
import type { ProbeRequest } from '../../src/ports.ts';
import { fixturePath, readCases } from '../support/fixtures.ts';
import { graph, model, node, packed, tensor, value } from '../support/onnx-writer.ts';
import { writeModel } from '../support/write-model.ts';

const GIB = 2 ** 30;
const prober = realProber();
const request = (path: string, more: Partial<ProbeRequest> = {}): ProbeRequest => ({
  path,
  inputs: new Map(),
  outputs: [],
  timeoutMs: 10_000,
  memoryBytes: 2 * GIB,
  ...more,
});
/** What both models that do not end well take. */
const row: Tensors = new Map([['X', { type: 'float32', dims: [1, 1], data: new Float32Array(1) }]]);

describe('the probe', () => {
  it('runs a model on inputs of all element types that travel', async () => {
    for (const name of ['protocol/simple', 'protocol/identity-string', 'protocol/identity-uint64', 'protocol/fp16']) {
      const { inputs, outputs } = readCases(name);
      const result = await prober.probe(request(fixturePath(name), { inputs, outputs: [...outputs.keys()] }));
      expect(result).toMatchObject({ status: 'ok' });
    }
  });

  it('finds the model relative to its folder, and the external data beside it', async () => {
    const path = fixturePath('protocol/external-data');
    const { inputs, outputs } = readCases('protocol/external-data');
    const local = realProber(dirname(path));
    const result = await local.probe(request('model.onnx', { inputs, outputs: [...outputs.keys()] }));
    expect(result).toMatchObject({ status: 'ok' });
  });

  it('takes nothing back of what a model answers', async () => {
    const elements = 50_000_000;
    const shape = tensor({ name: 's', type: 7, dims: [1], fields: [packed(7, [elements])] });
    const large = graph({
      nodes: [
        node({ op: 'ConstantOfShape', inputs: ['s'], outputs: ['Y'] }),
        node({ op: 'Identity', inputs: ['X'], outputs: ['Z'] }),
      ],
      initializers: [shape],
      inputs: [value('X', 1, ['n', 1])],
      outputs: [value('Y', 1, [elements]), value('Z', 1, ['n', 1])],
    });
    const path = await writeModel(model(large));
    const before = process.resourceUsage().maxRSS;
    const result = await prober.probe(request(path, { inputs: row, outputs: ['Y', 'Z'] }));
    expect(result).toMatchObject({ status: 'ok' });
    expect((process.resourceUsage().maxRSS - before) * 1024).toBeLessThan(elements);
  });

  it('measures time and memory', async () => {
    const { inputs, outputs } = readCases('protocol/simple');
    const result = await prober.probe(
      request(fixturePath('protocol/simple'), { inputs, outputs: [...outputs.keys()] }),
    );
    if (result.status !== 'ok') throw new Error(result.status);
    expect(result.loadMs).toBeGreaterThan(0);
    expect(result.runMs).toBeGreaterThan(0);
    expect(result.peakBytes).toBeGreaterThan(20 * 2 ** 20);
    expect(result.peakBytes).toBeLessThan(GIB);
  });

  it('counts the memory of the model, whatever the process that asks has', async () => {
    const held = Buffer.alloc(500 * 2 ** 20, 1);
    const { inputs, outputs } = readCases('protocol/simple');
    const result = await prober.probe(
      request(fixturePath('protocol/simple'), { inputs, outputs: [...outputs.keys()] }),
    );
    expect(process.memoryUsage.rss()).toBeGreaterThan(held.length);
    expect(result).toMatchObject({ status: 'ok' });
    expect(result.status === 'ok' && result.peakBytes).toBeLessThan(300 * 2 ** 20);
  });

  it('passes on what the runtime says of a model it refuses, and of a run that fails', async () => {
    const refused = await prober.probe(request(fixturePath('hostile/type-error')));
    expect(refused).toMatchObject({ status: 'load-failed', message: expect.stringContaining('Add') });
    const missing = await prober.probe(request(fixturePath('protocol/simple'), { outputs: ['OUTPUT0'] }));
    expect(missing).toMatchObject({ status: 'run-failed', message: expect.stringContaining('INPUT0') });
  });

  it('kills a run that does not end', async () => {
    const start = performance.now();
    const loop = await prober.probe(
      request(fixturePath('hostile/infinite-loop'), { inputs: row, outputs: ['Y'], timeoutMs: 1500 }),
    );
    expect(loop).toMatchObject({ status: 'timeout', message: expect.stringContaining('1500') });
    expect(performance.now() - start).toBeLessThan(8000);
  });

  it('counts the work of the model, not the start of a process or what a busy machine does meanwhile', async () => {
    const { inputs, outputs } = readCases('protocol/simple');
    const simple = request(fixturePath('protocol/simple'), { inputs, outputs: [...outputs.keys()], timeoutMs: 500 });
    const loop = request(fixturePath('hostile/infinite-loop'), { inputs: row, outputs: ['Y'], timeoutMs: 2000 });
    // Six at a time, of which three take a processor each for as long as they may.
    const results = await Promise.all([simple, loop, simple, loop, simple, loop].map((each) => prober.probe(each)));
    expect(results.map(({ status }) => status)).toEqual(['ok', 'timeout', 'ok', 'timeout', 'ok', 'timeout']);
  });

  it('kills a run that asks for too much memory, before the machine has paid for it', async () => {
    const path = fixturePath('hostile/memory-at-run');
    const result = await prober.probe(request(path, { inputs: row, outputs: ['Y'], memoryBytes: GIB }));
    expect(result).toMatchObject({ status: 'memory', message: expect.stringContaining('1024 MiB') });
  });

  it('reports a process that dies', async () => {
    // The one integer division without a result is a trap of x64 processors; arm64 answers something.
    if (process.arch !== 'x64') return;
    const int32 = (name: string, value: number) => tensor({ name, type: 6, dims: [1], fields: [packed(5, [value])] });
    const division = graph({
      nodes: [
        node({ op: 'Div', inputs: ['least', 'minus-one'], outputs: ['Z'] }),
        node({ op: 'Add', inputs: ['X', 'Z'], outputs: ['Y'] }),
      ],
      initializers: [int32('least', -(2 ** 31)), int32('minus-one', -1)],
      inputs: [value('X', 6, ['n'])],
      outputs: [value('Y', 6, ['n'])],
    });
    const inputs: Tensors = new Map([['X', { type: 'int32', dims: [1], data: new Int32Array(1) }]]);
    const path = await writeModel(model(division));
    const result = await prober.probe(request(path, { inputs, outputs: ['Y'] }));
    expect(result).toMatchObject({ status: 'crashed', message: expect.stringContaining('SIGFPE') });
  });

  it('gives the process none of the environment', async () => {
    process.env.NODE_OPTIONS = '--no-such-option';
    try {
      const { inputs, outputs } = readCases('protocol/simple');
      const result = await prober.probe(
        request(fixturePath('protocol/simple'), { inputs, outputs: [...outputs.keys()] }),
      );
      expect(result.status).toBe('ok');
    } finally {
      delete process.env.NODE_OPTIONS;
    }
  });
});
