/** The gRPC port as tools see it, with the definitions of health checks and of reflection that other packages carry. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type ClientDuplexStream, credentials, makeClientConstructor, type ServiceDefinition } from '@grpc/grpc-js';
import { loadFileDescriptorSetFromBuffer, loadSync } from '@grpc/proto-loader';
import { service as health } from 'grpc-health-check';
import { describe, expect, it } from 'vitest';
import { closing, startGrpc } from './grpc-support.ts';

type Reply = Record<string, unknown>;
type Method = (request: object, done: (error: { code: number } | null, reply: Reply) => void) => void;
const protos = join(dirname(createRequire(import.meta.url).resolve('@grpc/reflection')), '../proto/grpc/reflection');
const OPTIONS = { keepCase: true, longs: Number, enums: String, defaults: true, oneofs: true };

function clientOf(definition: unknown, address: string) {
  const client = new (makeClientConstructor(definition as ServiceDefinition, 'Service'))(
    address,
    credentials.createInsecure(),
  );
  closing.push(() => client.close());
  return client as unknown as Record<string, Method>;
}
const ask = (client: Record<string, Method>, method: string, request: object): Promise<Reply | number> =>
  new Promise((resolve) => client[method]?.(request, (error, reply) => resolve(error?.code ?? reply)));

describe('a health probe', () => {
  it('gets the status of the server and of the service', async () => {
    const { address, engine } = await startGrpc();
    const probe = clientOf(health, address);
    for (const service of ['', 'inference.GRPCInferenceService']) {
      expect(await ask(probe, 'Check', { service })).toEqual({ status: 'SERVING' });
    }
    engine.set('failed');
    expect(await ask(probe, 'Check', { service: '' })).toEqual({ status: 'NOT_SERVING' });
    expect(await ask(probe, 'Check', { service: 'other' })).toBe(5);
    expect(await ask(probe, 'List', {})).toBe(12);
  });
});

describe.each(['v1', 'v1alpha'])('a tool that asks for services by reflection %s', (version) => {
  it('finds them, and can call one with nothing but what it was told', async () => {
    const { address } = await startGrpc();
    const package_ = loadSync(join(protos, version, 'reflection.proto'), OPTIONS);
    const reflection = clientOf(package_[`grpc.reflection.${version}.ServerReflection`], address);
    const open = reflection.ServerReflectionInfo as unknown as () => ClientDuplexStream<object, Reply>;
    const stream = open.call(reflection);
    const next = async (question: object): Promise<Reply> => {
      stream.write(question);
      return await new Promise((resolve, reject) => stream.once('data', resolve).once('error', reject));
    };
    const { list_services_response: list } = await next({ list_services: '*' });
    const names = (list as { service: { name: string }[] }).service.map(({ name }) => name);
    expect(names).toEqual([
      'inference.GRPCInferenceService',
      'grpc.health.v1.Health',
      'grpc.reflection.v1.ServerReflection',
    ]);
    const { file_descriptor_response: found } = await next({ file_containing_symbol: names[0] });
    const [file] = (found as { file_descriptor_proto: Buffer[] }).file_descriptor_proto;
    stream.end();
    const told = loadFileDescriptorSetFromBuffer(setOf(file ?? Buffer.alloc(0)), OPTIONS);
    const service = clientOf(told['inference.GRPCInferenceService'], address);
    expect(await ask(service, 'ModelMetadata', { name: 'm' })).toMatchObject({ name: 'm', versions: ['1.4.0'] });
  });
});

/** A `FileDescriptorSet` of one file. */
function setOf(file: Buffer): Buffer {
  const length: number[] = [];
  for (let rest = file.length; ; rest >>= 7) {
    length.push(rest < 128 ? rest : (rest % 128) + 128);
    if (rest < 128) break;
  }
  return Buffer.concat([Buffer.of(0x0a, ...length), file]);
}
