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
  const text = typeof body === 'string' ? asText(body, blobs, size) : undefined;
  if (text !== undefined) target.end(text, 'latin1');
  else if (blobs === undefined) target.end(body);
  else {
    target.write(body);
    for (const blob of blobs) target.write(blob);
    target.end();
  }
  // Most answers fit into the buffers of the kernel, and are gone.
  if (target.socket === null || target.socket.writableLength === 0) return;
  const timer = setTimeout(() => target.destroy(), timeoutMs + size / SLOWEST_READER);
  target.once('close', () => clearTimeout(timer));
}

/** Above this, bytes are not worth a copy. */
const MOST_AS_TEXT = 4096;

/**
 * A character for each byte, where all of `body` is ASCII and the bytes behind it are few: node:http joins a string with the headers into one
 * write, which takes half the time of a write of several buffers. `size`: of all of it.
 */
function asText(body: string, blobs: readonly Uint8Array[] | undefined, size: number): string | undefined {
  // As many bytes as characters: all ASCII.
  if (blobs === undefined) return body.length === size ? body : undefined;
  if (size > MOST_AS_TEXT) return undefined;
  let text = body;
  for (const blob of blobs) {
    const bytes = Buffer.isBuffer(blob) ? blob : Buffer.from(blob.buffer, blob.byteOffset, blob.length);
    text += bytes.toString('latin1');
  }
  return text.length === size ? text : undefined;
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
