/** A handler's response → bytes on the connection. */
import { Buffer } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import process from 'node:process';
import type { Response } from '../server/contract.ts';
import { bodyBytes } from './compress.ts';
import { hasBody } from './http-body.ts';

/** Header list in node:http's flat form, which it takes without another copy. */
function headerList({ headers }: Response, size: number, close: boolean): string[] {
  const list: string[] = [];
  for (const name in headers) list.push(name, headers[name] as string);
  list.push('Content-Length', String(size));
  if (close) list.push('Connection', 'close');
  return list;
}

export interface SendOptions {
  /** Whether the connection ends with this answer. */
  readonly close: boolean;
  /** What a client may take to read an answer, besides the time that its size is worth. */
  readonly timeoutMs: number;
  /** Bytes of the body, where they are known. */
  readonly size?: number;
}

/** Bytes that the slowest reader takes in a millisecond. */
const SLOWEST_READER = 100;

/** Sends a response after the whole request was read. node:http leaves the body away for HEAD. */
export function send(target: ServerResponse, response: Response, options: SendOptions): void {
  const { close, timeoutMs, size = bodyBytes(response) } = options;
  target.writeHead(response.status, headerList(response, size, close));
  const { body, blobs } = response;
  if (blobs === undefined) {
    // As many bytes as characters: all ASCII, which is written faster when it need not be looked through for other characters.
    if (body.length === size && typeof body === 'string') target.end(body, 'latin1');
    else target.end(body);
  } else {
    // node:http puts these together into one write.
    target.write(body);
    for (const blob of blobs) target.write(blob);
    target.end();
  }
  // Most answers fit into the buffers of the kernel, and are gone.
  if (target.socket === null || target.socket.writableLength === 0) return;
  const timer = setTimeout(() => target.destroy(), timeoutMs + size / SLOWEST_READER);
  target.once('close', () => clearTimeout(timer));
}

/** So little may still come that reading it is cheaper than a new connection. */
const SMALL_REST = 65_536;
/** How long a client that is still sending may take to see the answer. */
const LINGER_MS = 1000;

/**
 * Sends a response to a request whose body was not read. Closing while bytes still arrive makes the kernel reset the connection,
 * and the client then may never see the answer: so what arrives is thrown away for a while first.
 */
export function sendUnread(
  request: IncomingMessage,
  target: ServerResponse,
  response: Response,
  options: SendOptions,
): void {
  // Nothing is still to come when a body was read and then found to be no good.
  if (!hasBody(request) || request.complete) {
    send(target, response, options);
    return;
  }
  request.on('error', () => {});
  request.resume();
  const { headers } = request;
  if (Number(headers['content-length']) <= SMALL_REST && headers.expect === undefined) {
    send(target, response, options);
    return;
  }
  target.writeHead(response.status, headerList(response, bodyBytes(response), true));
  // Content-Length tells the client that it has everything; `end`, which closes, comes later.
  if (request.method !== 'HEAD') target.write(response.body);
  else target.flushHeaders();
  const timer = setTimeout(() => finish(), LINGER_MS);
  const finish = (): void => {
    clearTimeout(timer);
    target.end();
  };
  request.once('end', finish).once('close', finish);
}

/** Answers bytes that are no request, where there is no ServerResponse, and closes. */
export function sendRaw(socket: Socket, response: Response): void {
  const { status, body } = response;
  const list = headerList(response, bodyBytes(response), true);
  let head = `HTTP/1.1 ${status} ${process.getBuiltinModule('node:http').STATUS_CODES[status] ?? 'Error'}\r\n`;
  for (let at = 0; at < list.length; at += 2) head += `${list[at]}: ${list[at + 1]}\r\n`;
  socket.end(Buffer.concat([Buffer.from(`${head}\r\n`, 'latin1'), Buffer.from(body)]), () => socket.destroy());
}
