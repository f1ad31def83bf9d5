/** The .proto files of the package, read by proto-loader → messages of each call written and read, from the client's side and the server's. */
import { resolve } from 'node:path';
import { loadSync } from '@grpc/proto-loader';

export interface CallMessages {
  writeRequest(message: object): Buffer;
  readRequest(bytes: Uint8Array): unknown;
  writeReply(message: object): Buffer;
  readReply(bytes: Uint8Array): unknown;
}

const folder = resolve(import.meta.dirname, '../../schema/grpc');
const definitions = loadSync(['inference.proto', 'health.proto', 'reflection.proto'], {
  includeDirs: [folder],
  keepCase: true,
  longs: Number,
  enums: String,
  defaults: true,
  oneofs: true,
});
const calls = new Map<string, CallMessages>();
for (const service of Object.values(definitions)) {
  if ('fileDescriptorProtos' in service) continue;
  for (const method of Object.values(service)) {
    calls.set(method.path.slice(1), {
      writeRequest: method.requestSerialize,
      readRequest: (bytes) => method.requestDeserialize(Buffer.from(bytes)),
      writeReply: method.responseSerialize,
      readReply: (bytes) => method.responseDeserialize(Buffer.from(bytes)),
    });
  }
}

/** `path`: service and method. */
export function grpcMessages(path: string): CallMessages {
  const found = calls.get(path);
  if (found === undefined) throw new Error(`no call ${path}`);
  return found;
}
