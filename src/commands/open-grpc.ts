/** The handler of a service × where to listen → its gRPC port. */
import type { GrpcListenOptions, Io, Listener } from '../ports.ts';
import type { ReplaceableHandler } from '../server/contract.ts';

/** Nothing of gRPC is loaded before it is asked for. */
export async function openGrpc(
  { service }: ReplaceableHandler,
  options: GrpcListenOptions,
  io: Pick<Io, 'listenGrpc'>,
): Promise<Listener> {
  const { createGrpcHandler } = await import('../server/grpc/grpc-handler.ts');
  return await io.listenGrpc(createGrpcHandler(service), options);
}
