/** A gRPC port over the handler and a made-up engine, with clients of it; all are closed after each test. */
import { afterEach } from 'vitest';
import { listenGrpc } from '../../src/io/grpc.ts';
import type { GrpcListenOptions } from '../../src/ports.ts';
import { grpcOf } from '../server/grpc/support.ts';
import { tensorValue } from '../server/support.ts';
import { identity } from '../support/fake-engine.ts';
import { GrpcClient } from '../support/grpc-client.ts';

/** Largest message. */
export const MAX = 100_000;
const MODEL = {
  name: 'm',
  compute: identity,
  signature: {
    inputs: [tensorValue('INPUT0', 'float32', ['N', 'M'])],
    defaultedInputs: [],
    outputs: [tensorValue('OUTPUT0', 'float32', ['N', 'M'])],
  },
};
/** Called after the test, the last one first. */
export const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

export async function startGrpc(options: Partial<GrpcListenOptions> = {}, access: Parameters<typeof grpcOf>[2] = {}) {
  const under = grpcOf([MODEL], {}, access);
  const listener = await listenGrpc(under.grpc, {
    host: '127.0.0.1',
    port: 0,
    bodyBytes: MAX,
    queueBytes: 10 * MAX,
    headersTimeoutMs: 1000,
    requestTimeoutMs: 5000,
    connections: 100,
    ...options,
  });
  closing.push(() => listener.close(0));
  const address = `127.0.0.1:${listener.port}`;
  const client = (more: object = {}) => {
    const made = new GrpcClient(address, more);
    closing.push(() => made.close());
    return made;
  };
  const metric = async (name: string): Promise<string[]> => {
    const page = await under.handler.service.metrics.text();
    return page
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`) && !line.endsWith(' 0'))
      .map((line) => line.replace(/^.*(route|reason)="([^"]*)"(,code="(\d+)")?} /, '$2 $4 ').replace('  ', ' '));
  };
  return { ...under, listener, address, client, metric };
}
