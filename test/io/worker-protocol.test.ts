/** Which buffers of a run go to an inference thread as they are, and which are copied. */
import { MessageChannel } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { movable, transferable } from '../../src/io/worker-protocol.ts';
import type { Tensor, Tensors } from '../../src/model/tensor.ts';

const float32 = (data: Float32Array): Tensor => ({ type: 'float32', dims: [data.length], data });
const view = (buffer: ArrayBuffer, from: number, length: number): Float32Array =>
  new Float32Array(buffer, from, length);

/** What arrives on the other side. */
async function posted(inputs: Tensors): Promise<Tensors> {
  const { port1, port2 } = new MessageChannel();
  const arrived = new Promise<Tensors>((resolve) => port2.once('message', resolve));
  const moving = movable(inputs);
  port1.postMessage(moving, transferable(moving));
  try {
    return await arrived;
  } finally {
    port1.close();
  }
}

describe('tensors on their way to a thread', () => {
  it('take the rest of a body along when they are most of it', async () => {
    const body = new ArrayBuffer(80_000 + 120);
    const tensor = view(body, 120, 20_000).fill(7);
    const arrived = await posted(new Map([['x', float32(tensor)]]));
    expect(arrived.get('x')?.data).toEqual(new Float32Array(20_000).fill(7));
    expect(body.byteLength).toBe(0);
  });

  it('are copied out of a body that holds as much besides, which stays', async () => {
    const body = new ArrayBuffer(160_004);
    const tensor = view(body, 0, 20_000).fill(7);
    const arrived = await posted(new Map([['x', float32(tensor)]]));
    expect(arrived.get('x')?.data).toEqual(new Float32Array(20_000).fill(7));
    expect(body.byteLength).toBe(160_004);
  });

  it('of one body all arrive, whichever of them takes it along', async () => {
    const body = new ArrayBuffer(100_000);
    const [few, many] = [view(body, 0, 5000).fill(1), view(body, 20_000, 20_000).fill(2)];
    const arrived = await posted(
      new Map([
        ['many', float32(many)],
        ['few', float32(few)],
      ]),
    );
    expect(arrived.get('few')?.data).toEqual(new Float32Array(5000).fill(1));
    expect(arrived.get('many')?.data).toEqual(new Float32Array(20_000).fill(2));
  });

  it("leave Node's pool where it is", async () => {
    const pooled = Buffer.allocUnsafe(Buffer.poolSize / 2 - 8);
    const { buffer } = pooled;
    const tensor = new Float32Array(buffer, Math.ceil(pooled.byteOffset / 4) * 4, 100).fill(7);
    const arrived = await posted(new Map([['x', float32(tensor)]]));
    expect(arrived.get('x')?.data).toEqual(new Float32Array(100).fill(7));
    expect(buffer.byteLength).toBeGreaterThan(0);
  });
});
