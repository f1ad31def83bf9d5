/** Descriptors of the services → answers to tools that ask for them (gRPC server reflection, v1 and v1alpha: the same messages under two names). */
import { memorySource } from '../../model/memory-source.ts';
import { WireReader } from '../../model/protobuf.ts';

/** `ServerReflectionRequest`: one of its members is set, and `message_request` says which. */
export interface ReflectionRequest {
  readonly message_request?: string;
  readonly file_by_filename?: string;
  readonly file_containing_symbol?: string;
}

/** A request → a `ServerReflectionResponse`. */
export type Reflector = (request: ReflectionRequest) => object;

const NOT_FOUND = 5;
const UNIMPLEMENTED = 12;

/** `files`: each a `FileDescriptorProto`; no file needs another. */
export function reflection(files: readonly Uint8Array[]): Reflector {
  const byName = new Map<string, Uint8Array>();
  const bySymbol = new Map<string, Uint8Array>();
  const services: { readonly name: string }[] = [];
  for (const file of files) {
    const { name, symbols, services: own } = readFile(file);
    byName.set(name, file);
    for (const symbol of symbols) bySymbol.set(symbol, file);
    services.push(...own.map((service) => ({ name: service })));
  }
  const found = (file: Uint8Array | undefined): object =>
    file === undefined
      ? failure(NOT_FOUND, 'there is no such file or symbol here')
      : { file_descriptor_response: { file_descriptor_proto: [file] } };

  const answer = ({ message_request, ...asked }: ReflectionRequest): object => {
    const { file_by_filename = '', file_containing_symbol = '' } = asked;
    if (message_request === 'list_services') return { list_services_response: { service: services } };
    if (message_request === 'file_by_filename') return found(byName.get(file_by_filename));
    if (message_request === 'file_containing_symbol') return found(bySymbol.get(file_containing_symbol));
    // proto3 has no extensions.
    if (message_request === undefined) return failure(UNIMPLEMENTED, 'the request asks for nothing that is known');
    return failure(NOT_FOUND, 'there are no extensions here');
  };
  return (request) => ({ original_request: request, ...answer(request) });
}

function failure(code: number, message: string): object {
  return { error_response: { error_code: code, error_message: message } };
}

interface DescribedFile {
  readonly name: string;
  /** Full names of messages, enumerations, services and methods. */
  readonly symbols: readonly string[];
  readonly services: readonly string[];
}

type Kind = 'message' | 'enum' | 'service' | 'method';

/** What has a name inside of what, by field number of google/protobuf/descriptor.proto. */
const IN_FILE = new Map<number, Kind>([
  [4, 'message'],
  [5, 'enum'],
  [6, 'service'],
]);
const INSIDE: { readonly [K in Kind]: ReadonlyMap<number, Kind> } = {
  message: new Map<number, Kind>([
    [3, 'message'],
    [4, 'enum'],
  ]),
  enum: new Map(),
  service: new Map([[2, 'method']]),
  method: new Map(),
};

/** The package, and a name before what is inside, come first, as every writer has them. */
function readFile(bytes: Uint8Array): DescribedFile {
  const reader = new WireReader(memorySource(bytes));
  const symbols: string[] = [];
  const services: string[] = [];
  let name = '';
  let scope = '';
  reader.fields((field) => {
    const kind = IN_FILE.get(field);
    if (field === 1) name = reader.string();
    else if (field === 2) scope = reader.string();
    else if (kind !== undefined) {
      const symbol = readSymbol(reader, kind, scope, symbols);
      if (kind === 'service') services.push(symbol);
    }
  });
  return { name, symbols, services };
}

/** Adds what is at the cursor, and what is inside of it, to `symbols`. */
function readSymbol(reader: WireReader, kind: Kind, scope: string, symbols: string[]): string {
  let own = scope;
  reader.message(() => {
    reader.fields((field) => {
      const inner = INSIDE[kind].get(field);
      if (field === 1) {
        own = `${scope}.${reader.string()}`;
        symbols.push(own);
      } else if (inner !== undefined) readSymbol(reader, inner, own, symbols);
    });
  });
  return own;
}
