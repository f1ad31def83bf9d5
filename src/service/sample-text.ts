/** Source of a pattern × the longest text → a short text that matches, for examples. */
import { compilePattern } from './pattern.ts';
import { type PatternNode, parsePattern } from './pattern-syntax.ts';

/** Tried in this order for a place that takes several characters: people read letters and digits most easily. */
const READABLE = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -_.,:;@/#+*()'];
/** The rest of the Basic Multilingual Plane is searched for what accepts none of those. */
const LAST_POINT = 0xffff;

/** Undefined where none is found: no text matches, all are too long, or the shortest one meets an anchor in its middle. */
export function sampleText(pattern: string, maxLength: number): string | undefined {
  const text = shortest(parsePattern(pattern));
  if (text === undefined || [...text].length > maxLength || !compilePattern(pattern)(text)) return undefined;
  return text;
}

function shortest(node: PatternNode): string | undefined {
  if (node.kind === 'point') return acceptedPoint(node.accepts);
  if (node.kind === 'repeat') {
    const once = node.min === 0 ? '' : shortest(node.node);
    return once?.repeat(node.min);
  }
  if (node.kind === 'choice') {
    const texts = node.nodes.map(shortest).filter((text) => text !== undefined);
    return texts.reduce((best, text) => (text.length < best.length ? text : best), texts[0] ?? '');
  }
  if (node.kind !== 'sequence') return '';
  const parts = node.nodes.map(shortest);
  return parts.includes(undefined) ? undefined : parts.join('');
}

function acceptedPoint(accepts: (point: string) => boolean): string | undefined {
  const readable = READABLE.find(accepts);
  if (readable !== undefined) return readable;
  for (let code = 1; code <= LAST_POINT; code++) {
    // Halves of surrogate pairs cannot be sent.
    if (code === 0xd800) code = 0xe000;
    const point = String.fromCharCode(code);
    if (accepts(point)) return point;
  }
  return undefined;
}
