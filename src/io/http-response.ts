/** A handler's response → bytes on the connection. */
import { Buffer } from 'node:buffer';
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Response } from '../server/contract.ts';
import { bodyBytes } from './compress.ts';
import { hasBody } from './http-body.ts';

/** Header list in node:http's flat form, which it takes without another copy. */
function headerList(response: Response, close: boolean): string[] {
  const { headers } = response;
  const list: string[] = [];
  for (const name in headers) list.push(name, headers[name] as string);
  list.push('Content-Length', String(bodyBytes(response)));
  if (close) list.push('Connection', 'close');
  return list;
}

/** Sends a response after the whole request was read. node:http leaves the body away for HEAD. */
export function send(target: ServerResponse, response: Response, close: boolean): void {
  const { body, blobs } = response;
  target.writeHead(response.status, headerList(response, close));
  if (blobs === undefined) {
    target.end(body);
    return;
  }
  const text = typeof body === 'string' ? asText(body, blobs) : undefined;
  if (text !== undefined) {
    target.end(text, 'latin1');
    return;
  }
  target.write(body);
  for (const blob of blobs) target.write(blob);
  target.end();
}

/** Above this, bytes are not worth a copy. */
const MOST_AS_TEXT = 4096;

/**
 * A character for each byte, where all of `body` is ASCII and the bytes are few: node:http joins a string with the headers into one write, which takes
 * half the time of a write of several buffers.
 */
function asText(body: string, blobs: readonly Uint8Array[]): string | undefined {
  let text = body;
  for (const blob of blobs) {
    if (text.length + blob.length > MOST_AS_TEXT) return undefined;
    const bytes = Buffer.isBuffer(blob) ? blob : Buffer.from(blob.buffer, blob.byteOffset, blob.length);
    text += bytes.toString('latin1');
  }
  return Buffer.byteLength(body) === body.length ? text : undefined;
}

/** So little may still come that reading it is cheaper than a new connection. */
const SMALL_REST = 65_536;
/** How long a client that is still sending may take to see the answer. */
const LINGER_MS = 1000;

/**
 * Sends a response to a request whose body was not read. Closing while bytes still arrive makes the kernel reset the connection,
 * and the client then may never see the answer: so what arrives is thrown away for a while first.
 */
export function sendUnread(request: IncomingMessage, target: ServerResponse, response: Response, close: boolean): void {
  // Nothing is still to come when a body was read and then found to be no good.
  if (!hasBody(request) || request.complete) {
    send(target, response, close);
    return;
  }
  request.on('error', () => {});
  request.resume();
  const { headers } = request;
  if (Number(headers['content-length']) <= SMALL_REST && headers.expect === undefined) {
    send(target, response, close);
    return;
  }
  target.writeHead(response.status, headerList(response, true));
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
  const list = headerList(response, true);
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}\r\n`;
  for (let at = 0; at < list.length; at += 2) head += `${list[at]}: ${list[at + 1]}\r\n`;
  socket.end(Buffer.concat([Buffer.from(`${head}\r\n`, 'latin1'), Buffer.from(body)]), () => socket.destroy());
}
