/** Values → bytes of protobuf fields: the few that mlserve writes into a model. */

/** A base-128 integer up to 2^53. */
export function varintBytes(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Uint8Array.of(...bytes, rest);
}

/** An integer field; `value` is not negative. */
export function integerField(field: number, value: number): Uint8Array {
  return concat([varintBytes(field * 8), varintBytes(value)]);
}

/** A field of bytes, text or a message. */
export function bytesField(field: number, content: Uint8Array | string): Uint8Array {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return concat([varintBytes(field * 8 + 2), varintBytes(bytes.length), bytes]);
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
