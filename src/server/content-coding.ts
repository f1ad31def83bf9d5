/** `Content-Encoding` and `Accept-Encoding` → the coding a body has, and the one an answer gets (RFC 9110, 8.4 and 12.5.3). */

/** `deflate` is the zlib format (RFC 1950), as the standard says. */
export type Coding = 'gzip' | 'deflate';

/** For the `Accept-Encoding` of a 415. */
export const KNOWN_CODINGS = 'gzip, deflate, identity';

const NAMES = new Map<string, Coding | 'identity'>([
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
  ['identity', 'identity'],
]);

/** Of a request's body; undefined when we do not know it, or there are several on top of each other. */
export function codingOf(contentEncoding: string | undefined): Coding | 'identity' | undefined {
  return contentEncoding === undefined ? 'identity' : NAMES.get(contentEncoding.trim().toLowerCase());
}

/** For an answer: what the client weighs most, gzip first among equals. Without the header, and where nothing we have is wanted, none. */
export function negotiateCoding(acceptEncoding: string | undefined): Coding | 'identity' {
  if (acceptEncoding === undefined) return 'identity';
  const weights = new Map<string, number>();
  for (const item of acceptEncoding.split(',')) {
    const [name = '', ...parameters] = item.toLowerCase().split(';');
    const known = NAMES.get(name.trim()) ?? name.trim();
    weights.set(known, Math.max(weights.get(known) ?? 0, weightOf(parameters)));
  }
  const weigh = (name: Coding | 'identity'): number => weights.get(name) ?? weights.get('*') ?? 0;
  const best = weigh('gzip') >= weigh('deflate') ? 'gzip' : 'deflate';
  return weigh(best) > 0 && weigh(best) >= weigh('identity') ? best : 'identity';
}

/** Of the parameters of a name; 1 when it is not said; 0, which is "never", when it makes no sense (RFC 9110, 12.4.2). */
export function weightOf(parameters: readonly string[]): number {
  for (const parameter of parameters) {
    const [name = '', value = ''] = parameter.split('=');
    if (name.trim() !== 'q') continue;
    const weight = Number(value);
    return value.trim() !== '' && weight >= 0 && weight <= 1 ? weight : 0;
  }
  return 1;
}
