/** Source of a regular expression (ECMAScript, `u` flag) → its syntax tree, or why we do not take it. One code point is one leaf. */

export type PatternNode =
  | { readonly kind: 'point'; readonly accepts: (point: string) => boolean }
  | { readonly kind: 'start' | 'end' }
  | { readonly kind: 'sequence' | 'choice'; readonly nodes: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly node: PatternNode; readonly min: number; readonly max: number };

/** Parses a pattern. Throws a SyntaxError that says what is wrong, or what is not supported. */
export function parsePattern(source: string): PatternNode {
  // The native parser refuses what is malformed, so the code below only has to find its way.
  new RegExp(source, 'u');
  let at = 0;

  const parseChoice = (): PatternNode => {
    const nodes = [parseSequence()];
    while (source[at] === '|') {
      at++;
      nodes.push(parseSequence());
    }
    return nodes.length === 1 ? (nodes[0] as PatternNode) : { kind: 'choice', nodes };
  };

  const parseSequence = (): PatternNode => {
    const nodes: PatternNode[] = [];
    while (at < source.length && source[at] !== '|' && source[at] !== ')') nodes.push(parseRepeat());
    return { kind: 'sequence', nodes };
  };

  const parseRepeat = (): PatternNode => {
    const node = parseAtom();
    const [text, min, max] = quantifierAt(source, at);
    at += text.length;
    return text === '' ? node : { kind: 'repeat', node, min, max };
  };

  const parseAtom = (): PatternNode => {
    const first = source[at];
    if (first === '^' || first === '$') {
      at++;
      return { kind: first === '^' ? 'start' : 'end' };
    }
    if (first === '(') return parseGroup();
    const atom = pointAt(source, at);
    at += atom.length;
    return { kind: 'point', accepts: pointTest(atom) };
  };

  const parseGroup = (): PatternNode => {
    const open = /^\((?:\?:|\?<[^=!][^>]*>|(?!\?))/u.exec(source.slice(at));
    if (open === null) throw new SyntaxError('look-around and flags inside a pattern are not supported');
    at += open[0].length;
    const node = parseChoice();
    at++;
    return node;
  };

  return parseChoice();
}

/** The quantifier at a place, lazy mark included, with its bounds; empty text when there is none. */
function quantifierAt(source: string, at: number): readonly [text: string, min: number, max: number] {
  const match = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/u.exec(source.slice(at, at + 40));
  if (match === null) return ['', 1, 1];
  const [text, low, comma, high] = match;
  if (low !== undefined) {
    const max = comma === '' ? Number(low) : high === '' ? Number.POSITIVE_INFINITY : Number(high);
    return [text, Number(low), max];
  }
  return [text, text[0] === '+' ? 1 : 0, text[0] === '?' ? 1 : Number.POSITIVE_INFINITY];
}

const ESCAPE =
  /^\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u\{[^}]*\}|u.{4}|x..|c.|[pP]\{[^}]*\}|.)/su;

/** The text of the atom at a place that stands for one code point: a literal, an escape, a class or `.`. */
function pointAt(source: string, at: number): string {
  if (source[at] === '\\') {
    const escaped = ESCAPE.exec(source.slice(at, at + 100))?.[0] ?? '';
    if (/^\\[1-9k]/.test(escaped)) throw new SyntaxError('references back to a group are not supported');
    if (/^\\[bB]$/.test(escaped)) throw new SyntaxError('the word boundary \\b is not supported');
    return escaped;
  }
  if (source[at] !== '[') return String.fromCodePoint(source.codePointAt(at) as number);
  let end = at + 1;
  while (source[end] !== ']') end += source[end] === '\\' ? 2 : 1;
  return source.slice(at, end + 1);
}

/** Whether one code point matches; the native engine decides, once for each ASCII character. */
function pointTest(atom: string): (point: string) => boolean {
  const native = new RegExp(`^(?:${atom})$`, 'u');
  const ascii = Array.from({ length: 128 }, (_, code) => native.test(String.fromCharCode(code)));
  return (point) => ascii[point.charCodeAt(0)] ?? native.test(point);
}
