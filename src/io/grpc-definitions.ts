/** `schema/grpc/` → how the messages of each call are decoded and encoded, and the descriptors that reflection shows. */
import { Buffer } from 'node:buffer';
import { createRequire } from 'node:module';
import type { ProtoLoader } from './grpc-library.ts';

export interface CallDefinition {
  /** Throws where the bytes make no sense. */
  readonly decode: (bytes: Buffer) => unknown;
  readonly encode: (message: object) => Buffer;
  /** The same from the side of a client: a request to bytes, and bytes to a response. */
  readonly encodeRequest: (message: object) => Buffer;
  readonly decodeResponse: (bytes: Buffer) => object;
}

export interface Definitions {
  /** By service and method. */
  readonly calls: ReadonlyMap<string, CallDefinition>;
  /** Each a `FileDescriptorProto`. */
  readonly files: readonly Uint8Array[];
}

/** `schema/grpc/descriptors.json`, which scripts/write-grpc-descriptors.js writes. */
interface Descriptors {
  readonly messages: object;
  /** In base64. */
  readonly files: readonly string[];
}

export function loadDefinitions(protoLoader: ProtoLoader): Definitions {
  const { messages, files } = createRequire(import.meta.url)('../../schema/grpc/descriptors.json') as Descriptors;
  const options = { keepCase: true, longs: Number, enums: String, defaults: true, oneofs: true };
  const calls = new Map<string, CallDefinition>();
  for (const definition of Object.values(protoLoader.fromJSON(messages, options))) {
    if ('fileDescriptorProtos' in definition) continue;
    for (const { path, ...method } of Object.values(definition)) {
      calls.set(path.slice(1), {
        decode: method.requestDeserialize,
        encode: method.responseSerialize,
        encodeRequest: method.requestSerialize,
        decodeResponse: method.responseDeserialize,
      });
    }
  }
  return { calls, files: files.map((file) => Buffer.from(file, 'base64')) };
}
