/** The head of a request → what is wrong with its `Host`, if anything. */
import type { IncomingMessage } from 'node:http';

/** One and no more: servers in a row that each read another one would not agree on whom a request is for. */
export function problemOfHost({ rawHeaders, headers: { host }, httpVersion }: IncomingMessage): string | undefined {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') count++;
  }
  if (count > 1) return 'there is more than one Host header';
  if (host === undefined) return httpVersion === '1.1' ? 'the Host header is missing' : undefined;
  return /[\s/?#@\\]/.test(host) ? 'the Host header is not the name of a host' : undefined;
}
