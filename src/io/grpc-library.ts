/** The gRPC libraries, loaded when a gRPC port is first asked for: the one file in `vendor/` of the package, `node_modules` in a checkout. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

export type Grpc = typeof import('@grpc/grpc-js');
export type ProtoLoader = typeof import('@grpc/proto-loader');

export interface GrpcLibrary {
  readonly grpc: Grpc;
  readonly protoLoader: ProtoLoader;
}

// `src/io` and `dist/io` lie equally deep.
const BUNDLE = fileURLToPath(new URL('../../vendor/grpc/index.cjs', import.meta.url));

export function loadGrpcLibrary(): GrpcLibrary {
  const library = load();
  // What goes wrong is told to whoever asked; standard error is for the log.
  library.grpc.setLogVerbosity(library.grpc.logVerbosity.NONE);
  return library;
}

function load(): GrpcLibrary {
  if (existsSync(BUNDLE)) return createRequire(import.meta.url)(BUNDLE) as GrpcLibrary;
  return {
    grpc: createRequire(import.meta.url)('@grpc/grpc-js') as Grpc,
    protoLoader: createRequire(import.meta.url)('@grpc/proto-loader') as ProtoLoader,
  };
}
