/** The one table of gRPC statuses: each HTTP status that something here ends with ↔ the gRPC status of the same meaning. */

export interface GrpcStatus {
  /** HTTP. Logs and metrics speak of it, whatever the protocol. */
  readonly status: number;
  readonly code: number;
  readonly name: string;
}

const STATUSES: readonly GrpcStatus[] = [
  { status: 200, code: 0, name: 'OK' },
  { status: 400, code: 3, name: 'INVALID_ARGUMENT' },
  { status: 401, code: 16, name: 'UNAUTHENTICATED' },
  { status: 403, code: 7, name: 'PERMISSION_DENIED' },
  { status: 404, code: 5, name: 'NOT_FOUND' },
  { status: 413, code: 8, name: 'RESOURCE_EXHAUSTED' },
  { status: 499, code: 1, name: 'CANCELLED' },
  { status: 500, code: 13, name: 'INTERNAL' },
  { status: 501, code: 12, name: 'UNIMPLEMENTED' },
  { status: 503, code: 14, name: 'UNAVAILABLE' },
  { status: 504, code: 4, name: 'DEADLINE_EXCEEDED' },
];
/** HTTP tells more apart than gRPC does. */
const ALIKE = new Map([
  [408, 504],
  [422, 400],
]);
const INTERNAL: GrpcStatus = { status: 500, code: 13, name: 'INTERNAL' };

export function grpcStatusOf(httpStatus: number): GrpcStatus {
  const status = ALIKE.get(httpStatus) ?? httpStatus;
  return STATUSES.find((row) => row.status === status) ?? INTERNAL;
}

export function grpcStatusWithCode(code: number): GrpcStatus {
  return STATUSES.find((row) => row.code === code) ?? INTERNAL;
}
