/** A call → whether a program on this machine has made it. A browser there may be sent by any page, and a proxy by anyone. */
import type { Headers } from '../contract.ts';

interface Call {
  readonly headers: Headers;
  readonly peer: { readonly address: string | undefined };
}

const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'];
/** A page of another origin can make a browser send a request here, but not without saying so. */
const FROM_PAGE = ['origin', 'referer', 'sec-fetch-site'];
const LOCAL_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

/** From a loopback address, to a loopback name (another name would be one that a page has bent to this machine), and by nobody's order. */
export function isCalledHere({ headers, peer }: Call): boolean {
  const { host } = headers;
  return (
    isLoopback(peer.address) &&
    (host === undefined || LOCAL_HOST.test(host)) &&
    [...FORWARDED, ...FROM_PAGE].every((name) => headers[name] === undefined)
  );
}

export function isLoopback(address: string | undefined): boolean {
  return address !== undefined && (address === '::1' || /^(?:::ffff:)?127(?:\.\d{1,3}){3}$/i.test(address));
}
