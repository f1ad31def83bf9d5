// Writes schema/grpc/descriptors.json from the .proto files beside it, so that a server reads no .proto file when it starts: part of `npm run docs`.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';

const FILES = ['inference.proto', 'health.proto', 'reflection.proto'];
const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'schema', 'grpc');

/** The text of the file. */
export function grpcDescriptors() {
  const root = new protobuf.Root();
  root.loadSync(
    FILES.map((file) => join(folder, file)),
    { keepCase: true },
  );
  return `${JSON.stringify(root.toJSON(), null, 1)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(join(folder, 'descriptors.json'), grpcDescriptors());
}
