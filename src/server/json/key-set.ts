/** Names known beforehand → their bytes, so that a key is recognised in place, most often at the first guess. */

export interface KeySet {
  readonly names: readonly string[];
  readonly indexOf: ReadonlyMap<string, number>;
  /** The UTF-8 of each name; undefined where JSON has to escape it, so that its bytes may look different. */
  readonly bytes: readonly (Uint8Array | undefined)[];
}

export function keySet(names: readonly string[]): KeySet {
  const encoder = new TextEncoder();
  return {
    names,
    indexOf: new Map(names.map((name, at) => [name, at])),
    bytes: names.map((name) => (JSON.stringify(name) === `"${name}"` ? encoder.encode(name) : undefined)),
  };
}
