import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { reflection } from '../../../src/server/grpc/reflection.ts';

const descriptors = createRequire(import.meta.url)('../../../schema/grpc/descriptors.json') as { files: string[] };
const files = descriptors.files.map((file) => Buffer.from(file, 'base64'));
const ask = reflection(files);
const symbol = (name: string) => ask({ message_request: 'file_containing_symbol', file_containing_symbol: name });
const isFile = (at: number) => ({ file_descriptor_response: { file_descriptor_proto: [files[at]] } });

describe('server reflection', () => {
  it('lists the services', () => {
    expect(ask({ message_request: 'list_services' })).toMatchObject({
      list_services_response: {
        service: [
          { name: 'inference.GRPCInferenceService' },
          { name: 'grpc.health.v1.Health' },
          { name: 'grpc.reflection.v1.ServerReflection' },
        ],
      },
    });
  });

  it.each([
    ['inference.GRPCInferenceService', 0],
    ['inference.GRPCInferenceService.ModelInfer', 0],
    ['inference.ModelInferRequest.InferInputTensor', 0],
    ['inference.ModelInferRequest.ParametersEntry', 0],
    ['inference.DataType', 0],
    ['inference.ModelInput.Format', 0],
    ['grpc.health.v1.HealthCheckResponse.ServingStatus', 1],
    ['grpc.reflection.v1.ServerReflectionRequest', 2],
  ])('shows the file of %s', (name, at) => {
    expect(symbol(name)).toMatchObject(isFile(at));
  });

  it('shows a file by its name, and repeats the question', () => {
    const question = { message_request: 'file_by_filename', file_by_filename: 'inference.proto' };
    expect(ask(question)).toEqual({ original_request: question, ...isFile(0) });
  });

  it.each([
    [{ message_request: 'file_containing_symbol', file_containing_symbol: 'inference.Nothing' }, 5],
    [{ message_request: 'file_containing_symbol', file_containing_symbol: '__proto__' }, 5],
    [{ message_request: 'file_by_filename', file_by_filename: 'nothing.proto' }, 5],
    [{ message_request: 'file_containing_extension' }, 5],
    [{ message_request: 'all_extension_numbers_of_type' }, 5],
    [{}, 12],
  ])('says of %o that it is not here', (question, code) => {
    expect(ask(question)).toMatchObject({ error_response: { error_code: code } });
  });
});

describe('schema/grpc/descriptors.json', () => {
  it('says what the .proto files say', async () => {
    const script = resolve(import.meta.dirname, '../../../scripts/write-grpc-descriptors.js');
    const { grpcDescriptors } = (await import(script)) as { grpcDescriptors(): string };
    expect(`${JSON.stringify(descriptors, null, 1)}\n`).toBe(grpcDescriptors());
  });
});
