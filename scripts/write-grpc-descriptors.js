// Writes schema/grpc/descriptors.json from the .proto files beside it, so that a server reads no .proto file when it starts: part of
// `npm run docs`. It holds the messages as proto-loader takes them, and each file as server reflection shows it.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';
import descriptor from 'protobufjs/ext/descriptor/index.js';

const FILES = ['inference.proto', 'health.proto', 'reflection.proto'];
const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'schema', 'grpc');

/** The text of the file. */
export function grpcDescriptors() {
  const root = new protobuf.Root();
  root.loadSync(
    FILES.map((file) => join(folder, file)),
    { keepCase: true },
  );
  root.resolveAll();
  const files = root.toDescriptor('proto3').file.map((file) => {
    const scope = `.${file.package}`;
    for (const message of file.messageType) mend(message, scope);
    return Buffer.from(descriptor.FileDescriptorProto.encode(file).finish()).toString('base64');
  });
  return `${JSON.stringify({ messages: root.toJSON(), files }, null, 1)}\n`;

  /** protobufjs names types by what is in scope, and the entries of maps as no other writer does; strict readers refuse both. */
  function mend(message, outer) {
    const scope = `${outer}.${message.name}`;
    const entries = new Map();
    for (const nested of message.nestedType) {
      if (!nested.options?.mapEntry) continue;
      const camel = nested.name.replaceAll(/_(.)/g, (_, letter) => letter.toUpperCase());
      entries.set(nested.name, `${camel}Entry`);
      nested.name = `${camel}Entry`;
    }
    for (const field of message.field) {
      if (!field.typeName || field.typeName.startsWith('.')) continue;
      const entry = entries.get(field.typeName);
      field.typeName = entry === undefined ? absolute(field.typeName, scope) : `${scope}.${entry}`;
    }
    for (const nested of message.nestedType) mend(nested, scope);
  }

  function absolute(name, scope) {
    // From inside the entry of a map, which is no type of its own there.
    const known = scope.replace(/\.\w+Entry$/, '');
    return root.lookupType(known.slice(1)).lookupTypeOrEnum(name).fullName;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(join(folder, 'descriptors.json'), grpcDescriptors());
}
