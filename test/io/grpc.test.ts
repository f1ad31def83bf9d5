/** The gRPC port: real sockets and a client of grpc-js, over the handler and a made-up engine. */
import { once } from 'node:events';
import { connect as connectHttp2, type OutgoingHttpHeaders } from 'node:http2';
import { connect, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { InferError } from '../../src/engine/engine.ts';
import { MlserveError } from '../../src/errors.ts';
import type { Listener } from '../../src/ports.ts';
import { DIGEST } from '../server/support.ts';
import { grpcMessages } from '../support/grpc-messages.ts';
import { closing, MAX, startGrpc } from './grpc-support.ts';

const SIGNED = { 'x-model-name': 'm', 'x-model-version': '1.4.0', 'x-model-digest': DIGEST };
const INFER = 'inference.GRPCInferenceService/ModelInfer';
const POST = { ':method': 'POST', ':path': `/${INFER}`, 'content-type': 'application/grpc', te: 'trailers' };
const request = (columns = 2, more: object = {}) => ({
  model_name: 'm',
  inputs: [{ name: 'INPUT0', datatype: 'FP32', shape: [1, columns] }],
  raw_input_contents: [Buffer.alloc(columns * 4)],
  ...more,
});

/** A message as it lies on the wire. */
const frameOf = (message: object): Buffer => {
  const bytes = grpcMessages(INFER).writeRequest(message);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
};
type Started = Awaited<ReturnType<typeof startGrpc>>;

/** Runs wait until they are let go; what the client gave up by then is dropped, as the engine does. */
function slowed({ engine }: Started) {
  const { infer } = engine;
  let letGo = (): void => {};
  const go = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  let ran = 0;
  let waiting = 0;
  engine.infer = async (job) => {
    waiting++;
    await go;
    if (job.signal?.aborted === true) throw new InferError('cancelled', 'gone');
    ran++;
    return await infer(job);
  };
  return { letGo: () => letGo(), ran: () => ran, waiting: () => waiting };
}
const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await holds())) await new Promise((wake) => setTimeout(wake, 5));
};

/** Time for a word of the client to reach the server. */
const settled = () => new Promise((wake) => setTimeout(wake, 200));

/** One stream of a bare HTTP/2 client: what it is answered. */
async function raw({ port }: Listener, headers: OutgoingHttpHeaders, ...frames: (Uint8Array | 'end')[]) {
  const session = connectHttp2(`http://127.0.0.1:${port}`).on('error', () => {});
  closing.push(() => session.destroy());
  const stream = session.request({ ...POST, ...headers });
  stream.on('error', () => {}).resume();
  for (const frame of frames) frame === 'end' ? stream.end() : stream.write(frame);
  const [answered] = (await once(stream, 'response')) as [Record<string, unknown>];
  return { answered, stream, session };
}

describe('the gRPC port', () => {
  it('answers, and says in the metadata before the message which model and request that is', async () => {
    const { client } = await startGrpc();
    const { code, message, headers } = await client().ask('ModelInfer', request(), {
      metadata: { 'x-request-id': 'abc' },
    });
    expect([code, message?.model_name]).toEqual([0, 'm']);
    expect(headers).toMatchObject({ ...SIGNED, 'x-request-id': 'abc' });
  });

  it('says it in the metadata behind an error', async () => {
    const { client } = await startGrpc();
    const { code, details, trailers } = await client().ask('ModelInfer', request(2, { model_name: 'nöpe' }));
    expect([code, details]).toEqual([5, "Request for unknown model: 'nöpe' is not found"]);
    expect(trailers).toMatchObject({ ...SIGNED, 'x-request-id': expect.stringMatching(/^[\w-]{36}$/) });
  });

  it('says it for calls that do not exist, and counts them', async () => {
    const { listener, metric } = await startGrpc();
    for (const path of ['/inference.GRPCInferenceService/TraceSetting', '/made.Up/Name', '/']) {
      const { answered } = await raw(listener, { ':path': path, 'x-request-id': 'abc' });
      expect(answered).toMatchObject({ 'grpc-status': '12', ...SIGNED, 'x-request-id': 'abc' });
    }
    await until(async () => (await metric('mlserve_requests_total')).includes('__unknown__ 501 3'));
  });

  it('says it to those who do not speak gRPC', async () => {
    const { listener } = await startGrpc();
    const { answered } = await raw(listener, { 'content-type': 'application/json' });
    expect(answered).toMatchObject({ ':status': 415, ...SIGNED });
  });

  it('takes messages up to the limit, and no larger ones: compressed or not, for it is what is inside that counts', async () => {
    const { client, metric, engine } = await startGrpc();
    const columns = Math.floor(MAX / 4) - 100;
    for (const algorithm of [0, 1, 2]) {
      const compressing = client({ 'grpc.default_compression_algorithm': algorithm });
      expect((await compressing.ask('ModelInfer', request(columns))).code).toBe(0);
      const { code, trailers } = await compressing.ask('ModelInfer', request(columns + 200));
      expect(code).toBe(8);
      expect(trailers).toMatchObject(SIGNED);
    }
    expect(engine.calls).toBe(3);
    await until(async () => (await metric('mlserve_rejected_total')).includes('too_large 3'));
    expect(await metric('mlserve_requests_total')).toContain(`${INFER} 413 3`);
  });

  it('decodes no long message of a call that needs a short one', async () => {
    const { client } = await startGrpc();
    const { code, details } = await client().ask('ModelMetadata', { name: 'x'.repeat(70_000) });
    expect([code, details]).toEqual([8, 'the message is larger than 65536 bytes, which is the most for this call']);
    expect(await client().ask('ModelMetadata', Buffer.of(0xff))).toMatchObject({ code: 3 });
  });

  it('lets go of what is past its deadline: it never runs, and is counted once', async () => {
    const started = await startGrpc();
    const slow = slowed(started);
    const client = started.client();
    await client.ask('ServerLive', {});
    expect(await client.ask('ModelInfer', request(), { deadline: 300 })).toMatchObject({ code: 4 });
    await settled();
    slow.letGo();
    await until(async () => (await started.metric('mlserve_rejected_total')).includes('deadline 1'));
    expect(await started.metric('mlserve_requests_total')).toContain(`${INFER} 504 1`);
    expect(slow.ran()).toBe(0);
  });

  it('lets go of what the client has cancelled, and of what it left behind', async () => {
    const started = await startGrpc();
    const slow = slowed(started);
    const cancel = new AbortController();
    const cancelled = started.client().ask('ModelInfer', request(), { signal: cancel.signal });
    const left = connectHttp2(`http://${started.address}`).on('error', () => {});
    left
      .request(POST)
      .on('error', () => {})
      .end(frameOf(request()));
    await until(() => slow.waiting() === 2);
    cancel.abort();
    left.destroy();
    expect((await cancelled).code).toBe(1);
    await settled();
    slow.letGo();
    await until(async () => (await started.metric('mlserve_rejected_total')).includes('cancelled 2'));
    expect(await started.metric('mlserve_requests_total')).toContain(`${INFER} 499 2`);
    expect(slow.ran()).toBe(0);
  });

  it('understands the longest timeouts that clients send', async () => {
    const { listener } = await startGrpc();
    // There is no such model, unless its time is up before that can be said.
    const nameless = frameOf({});
    for (const timeout of ['99999999H', '99999999S', '600H', '1S']) {
      const { answered } = await raw(listener, { 'grpc-timeout': timeout }, nameless, 'end');
      expect(answered['grpc-status'], timeout).toBe('5');
    }
    const { answered } = await raw(listener, { 'grpc-timeout': '1m' }, nameless.subarray(0, 4));
    expect(answered).toMatchObject({ 'grpc-status': '4', ...SIGNED });
  });
});

describe('streams of inferences', () => {
  it('are answered in order, failures among them', async () => {
    const { client } = await startGrpc();
    const stream = client().stream('ModelStreamInfer', { metadata: { 'x-request-id': 'abc' } });
    for (let id = 0; id < 200; id++)
      stream.send(request(2, { id: String(id), ...(id === 7 && { model_name: 'nope' }) }));
    stream.end();
    expect(await stream.ended).toMatchObject({ code: 0 });
    expect(stream.headers).toMatchObject({ ...SIGNED, 'x-request-id': 'abc' });
    const ids = stream.messages.map(({ infer_response }) => (infer_response as { id: string }).id);
    expect(ids).toEqual(Array.from({ length: 200 }, (_, id) => String(id)));
    const errors = stream.messages.map(({ error_message }) => error_message).filter((text) => text !== '');
    expect(errors).toEqual(["Request for unknown model: 'nope' is not found"]);
  });

  it('end with the first failure where the client wants that', async () => {
    const { client } = await startGrpc();
    const stream = client().stream('ModelStreamInfer', { metadata: { triton_grpc_error: 'true' } });
    for (const name of ['m', 'nope', 'm']) stream.send(request(2, { model_name: name }));
    expect(await stream.ended).toMatchObject({ code: 5, details: "Request for unknown model: 'nope' is not found" });
    expect(stream.messages).toHaveLength(1);
  });

  it('run side by side, but not more of one stream than its client may leave unread', async () => {
    const started = await startGrpc({ bodyBytes: 10 * MAX, queueBytes: 100 * MAX });
    const slow = slowed(started);
    const stream = started.client().stream('ModelStreamInfer');
    for (let id = 0; id < 100; id++) stream.send(request(2, { id: String(id) }));
    await until(() => slow.waiting() === 64);
    await new Promise((wake) => setTimeout(wake, 50));
    expect(slow.waiting()).toBe(64);
    slow.letGo();
    await stream.until(100);
    stream.end();
    expect(await stream.ended).toMatchObject({ code: 0 });
  });

  it('stop being read while their client does not read', async () => {
    const started = await startGrpc({ bodyBytes: 10 * MAX, queueBytes: 1000 * MAX });
    const stream = started.client().stream('ModelStreamInfer');
    stream.pause();
    for (let id = 0; id < 300; id++) stream.send(request(20_000, { id: String(id) }));
    await until(() => started.engine.calls >= 60);
    await new Promise((wake) => setTimeout(wake, 200));
    expect(started.engine.calls).toBeLessThan(200);
    stream.resume();
    await stream.until(300);
    stream.end();
    expect(await stream.ended).toMatchObject({ code: 0 });
  });

  it('are let go of when the client has gone', async () => {
    const started = await startGrpc();
    const slow = slowed(started);
    const stream = started.client().stream('ModelStreamInfer');
    for (let id = 0; id < 10; id++) stream.send(request());
    await until(() => slow.waiting() === 10);
    stream.cancel();
    await stream.ended;
    await new Promise((wake) => setTimeout(wake, 50));
    slow.letGo();
    await until(async () => (await started.metric('mlserve_rejected_total')).includes('cancelled 10'));
    expect(slow.ran()).toBe(0);
  });
});

describe('health over gRPC', () => {
  it('is watched: at once, when it changes, until the port closes', async () => {
    const { client, engine, listener, handler } = await startGrpc();
    const watching = [client().watch(''), client().watch('inference.GRPCInferenceService'), client().watch('x')];
    await Promise.all(watching.map((each) => each.until(1)));
    engine.set('loading');
    await Promise.all(watching.slice(0, 2).map((each) => each.until(2)));
    engine.set('ready');
    await Promise.all(watching.slice(0, 2).map((each) => each.until(3)));
    handler.drain();
    await listener.close(1000);
    for (const each of watching)
      expect(await each.ended).toMatchObject({ code: 14, details: 'the server is shutting down' });
    const told = watching.map(({ messages }) => messages.map(({ status }) => status));
    const states = ['SERVING', 'NOT_SERVING', 'SERVING', 'NOT_SERVING'];
    expect(told).toEqual([states, states, ['SERVICE_UNKNOWN']]);
    expect(watching[0]?.headers).toMatchObject(SIGNED);
  });
});

describe('what hostile clients try', () => {
  /** A message that says how long it is, and its first bytes. */
  const half = (said: number, sent: number): Buffer => {
    const frame = Buffer.alloc(5 + sent);
    frame.writeUInt32BE(said, 1);
    return frame;
  };

  it('requests that never arrive are given up', async () => {
    const { listener, metric } = await startGrpc({ requestTimeoutMs: 300 });
    for (const frames of [[], [Buffer.alloc(3)], [half(100, 50)]]) {
      const { answered } = await raw(listener, {}, ...frames);
      expect(answered).toMatchObject({
        'grpc-status': '4',
        'grpc-message': 'the request took too long to arrive',
        ...SIGNED,
      });
    }
    await until(async () => (await metric('mlserve_rejected_total')).includes('deadline 3'));
  });

  it('a stream may be silent between requests, but not within one', async () => {
    const { listener, client } = await startGrpc({ requestTimeoutMs: 200 });
    const silent = client().stream('ModelStreamInfer');
    const { answered } = await raw(
      listener,
      { ':path': '/inference.GRPCInferenceService/ModelStreamInfer' },
      half(100, 50),
    );
    expect(answered).toMatchObject({ 'grpc-status': '4' });
    silent.send(request());
    await silent.until(1);
    await new Promise((wake) => setTimeout(wake, 500));
    silent.send(request());
    await silent.until(2);
  });

  it('bytes of many requests at once take no more room than there is, and others are served when they are gone', async () => {
    const { listener, client, metric } = await startGrpc({ queueBytes: 2 * MAX });
    const held = connectHttp2(`http://127.0.0.1:${listener.port}`, { settings: { initialWindowSize: 2 ** 20 } }).on(
      'error',
      () => {},
    );
    closing.push(() => held.destroy());
    const statuses: unknown[] = [];
    for (let each = 0; each < 4; each++) {
      const stream = held.request(POST);
      stream.on('response', (headers) => statuses.push(headers['grpc-status'])).on('error', () => {});
      stream.write(half(MAX, 60_000));
    }
    await until(() => statuses.length > 0);
    expect(statuses).toEqual(['14']);
    held.destroy();
    await until(async () => (await metric('mlserve_rejected_total')).includes('queue_bytes 1'));
    expect((await client().ask('ModelInfer', request(10_000))).code).toBe(0);
  });

  it('answers that nobody reads take no more room either', async () => {
    const big = 50 * MAX;
    const { client, listener } = await startGrpc({ bodyBytes: big, queueBytes: big });
    const reader = client();
    const columns = Math.floor((big * 0.4) / 4);
    const deaf = connectHttp2(`http://127.0.0.1:${listener.port}`).on('error', () => {});
    closing.push(() => deaf.destroy());
    const bytes = frameOf(request(columns));
    const stream = deaf.request(POST);
    stream.on('error', () => {}).pause();
    stream.end(bytes);
    await once(stream, 'response');
    // 0.4 of the room holds the answer that waits; 0.4 are taken by the request.
    expect(await reader.ask('ModelInfer', request(columns))).toMatchObject({ code: 0 });
    const more = deaf.request(POST);
    more.on('error', () => {}).pause();
    more.end(bytes);
    await once(more, 'response');
    expect(await reader.ask('ModelInfer', request(columns))).toMatchObject({ code: 14 });
    deaf.destroy();
    await until(async () => (await reader.ask('ModelInfer', request(columns))).code === 0);
  });

  it('bytes that are no HTTP/2 harm nobody', async () => {
    const { listener, client } = await startGrpc();
    const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
    for (const text of ['GET / HTTP/1.1\r\nHost: a\r\n\r\n', '\0'.repeat(100), `${preface}${'\xff'.repeat(20_000)}`]) {
      const socket = connect(listener.port, '127.0.0.1').on('error', () => {});
      const closed = once(socket.resume(), 'close');
      socket.write(text, 'latin1');
      await closed.catch(() => {});
    }
    expect((await client().ask('ModelInfer', request())).code).toBe(0);
  });

  it('connections past the limit make room for one another, the idle ones first', async () => {
    const { listener, client } = await startGrpc({ connections: 3 });
    const busy = client();
    expect((await busy.ask('ModelInfer', request())).code).toBe(0);
    const stream = busy.stream('ModelStreamInfer');
    stream.send(request());
    await stream.until(1);
    const idle = Array.from({ length: 10 }, () =>
      connect(listener.port, '127.0.0.1')
        .on('error', () => {})
        .resume(),
    );
    closing.push(() => idle.map((socket) => socket.destroy()));
    await until(() => idle.filter(({ closed }) => closed).length >= 8);
    stream.send(request());
    await stream.until(2);
    expect((await client({ 'grpc.use_local_subchannel_pool': 1 }).ask('ModelInfer', request())).code).toBe(0);
  });
});

describe('closing the gRPC port', () => {
  it('answers what was accepted, ends streams behind their last answer, and refuses what comes later', async () => {
    const started = await startGrpc();
    const slow = slowed(started);
    const client = started.client();
    const asked = Array.from({ length: 20 }, () => client.ask('ModelInfer', request()));
    const stream = client.stream('ModelStreamInfer');
    stream.send(request(2, { id: 'last' }));
    await until(() => slow.waiting() === 21);
    const closed = started.listener.close(5000);
    setTimeout(() => slow.letGo(), 100);
    expect((await Promise.all(asked)).map(({ code }) => code)).toEqual(new Array(20).fill(0));
    expect(await stream.ended).toMatchObject({ code: 14, details: 'the server is shutting down' });
    expect(stream.messages).toMatchObject([{ infer_response: { id: 'last' } }]);
    await closed;
    expect((await started.client({ 'grpc.use_local_subchannel_pool': 1 }).ask('ModelInfer', request())).code).toBe(14);
  });

  it('takes the calls that cross its farewell on the way', async () => {
    const { listener, client } = await startGrpc();
    const asking = client();
    await asking.ask('ModelInfer', request());
    let failed = 0;
    let isOver = false;
    const load = Array.from({ length: 8 }, async () => {
      while (!isOver) {
        const { code, details } = await asking.ask('ModelInfer', request());
        // A call that finds nobody has not been accepted.
        if (code !== 0 && !/ECONNREFUSED|No connection established/.test(details)) failed++;
        if (code !== 0) return;
      }
    });
    await new Promise((wake) => setTimeout(wake, 200));
    await listener.close(5000);
    isOver = true;
    await Promise.all(load);
    expect(failed).toBe(0);
  });

  it('cuts what is left after its time', async () => {
    const started = await startGrpc();
    const slow = slowed(started);
    const asked = started.client().ask('ModelInfer', request());
    await until(() => slow.waiting() === 1);
    const from = performance.now();
    await started.listener.close(200);
    expect(performance.now() - from).toBeLessThan(2000);
    expect((await asked).code).not.toBe(0);
    slow.letGo();
  });
});

describe('opening the gRPC port', () => {
  it('says who has the port', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    closing.push(() => server.close());
    const { port } = server.address() as { port: number };
    const failure = await startGrpc({ port }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(MlserveError);
    expect(failure).toMatchObject({ code: 'PORT_IN_USE', hint: expect.stringContaining('--grpc-port') });
  });
});
