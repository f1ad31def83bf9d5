/** Names and sizes → the headers of a tar archive (POSIX pax): the same for the same input, whoever packs it, wherever and when. */

/** A folder, or a file whose bytes follow its header. */
export interface TarMember {
  /** POSIX separators, without a leading or trailing slash. */
  readonly path: string;
  /** Undefined for a folder. */
  readonly bytes: number | undefined;
}

const BLOCK = 512;
/** Eleven octal digits. */
const LARGEST_PLAIN = 8 ** 11 - 1;
const LONGEST_PLAIN = 100;

/** Two empty blocks. */
export const TAR_END: Uint8Array = new Uint8Array(2 * BLOCK);

/** Owner 0:0, mode 0644 or 0755, time 0: nothing of the machine that packs. */
export function tarHeader({ path, bytes }: TarMember): Uint8Array {
  const name = bytes === undefined ? `${path}/` : path;
  const size = bytes ?? 0;
  const records: string[] = [];
  if (Buffer.byteLength(name) > LONGEST_PLAIN || !/^[\x20-\x7e]*$/.test(name)) records.push(paxRecord('path', name));
  if (size > LARGEST_PLAIN) records.push(paxRecord('size', String(size)));
  const plain = block({
    name: name.replace(/[^\x20-\x7e]/g, '_').slice(-LONGEST_PLAIN),
    mode: bytes === undefined ? '0000755' : '0000644',
    size: Math.min(size, LARGEST_PLAIN),
    type: bytes === undefined ? '5' : '0',
  });
  if (records.length === 0) return plain;
  const extended = Buffer.from(records.join(''));
  const header = block({ name: 'pax', mode: '0000644', size: extended.length, type: 'x' });
  return Buffer.concat([header, extended, tarPadding(extended.length), plain]);
}

/** What fills the last block of a file. */
export function tarPadding(bytes: number): Uint8Array {
  return new Uint8Array((BLOCK - (bytes % BLOCK)) % BLOCK);
}

/** Bytes of the whole archive. */
export function tarSize(members: readonly TarMember[]): number {
  const each = members.map((member) => {
    const { bytes = 0 } = member;
    return tarHeader(member).length + bytes + tarPadding(bytes).length;
  });
  return each.reduce((sum, bytes) => sum + bytes, TAR_END.length);
}

interface Plain {
  readonly name: string;
  readonly mode: string;
  readonly size: number;
  readonly type: string;
}

function block({ name, mode, size, type }: Plain): Buffer {
  const header = Buffer.alloc(BLOCK);
  const put = (text: string, at: number): void => void header.write(text, at, 'latin1');
  put(name, 0);
  put(mode, 100);
  put('0000000', 108);
  put('0000000', 116);
  put(size.toString(8).padStart(11, '0'), 124);
  put('00000000000', 136);
  put('        ', 148);
  put(type, 156);
  put('ustar\u000000', 257);
  put('0000000', 329);
  put('0000000', 337);
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, '0')}\u0000 `, 148);
  return header;
}

/** `length key=value\n`, where the length counts its own digits too. */
function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (String(length).length !== String(rest).length) length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}
