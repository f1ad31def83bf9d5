import { describe, expect, it } from 'vitest';
import { dataPacket, END, filePacket, NO_MORE_FILES } from '../../src/image/fsutil-packets.ts';
import type { DatedFile } from '../../src/image/layer-archives.ts';
import { sendFiles } from '../../src/image/send-files.ts';

const MEGABYTE = 1024 * 1024;

function file(path: string, content: Uint8Array, modified = 1n): DatedFile {
  return {
    path,
    bytes: content.length,
    modified,
    async *content() {
      yield content;
    },
  };
}

/** Types of packets from the engine. */
const [REQUEST, ERROR] = [1, 4];
const request = (id: number): Uint8Array => Buffer.from([8, REQUEST, 24, id]);

async function* from(...messages: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  yield* messages;
}

async function sent(
  files: readonly DatedFile[],
  incoming: AsyncIterable<Uint8Array>,
  allowed = Promise.resolve(),
): Promise<readonly Uint8Array[]> {
  const packets: Uint8Array[] = [];
  for await (const packet of sendFiles(files, allowed, incoming)) packets.push(packet);
  return packets;
}

describe('files for an engine that asks for what it does not have', () => {
  const files = [file('a.tar', Buffer.from('first')), file('b.tar', Buffer.alloc(2.5 * MEGABYTE, 7))];
  const list = [...files.map(filePacket), NO_MORE_FILES];

  it('are listed, and none is sent when none is asked for', async () => {
    expect(await sent(files, from(END))).toEqual([...list, END]);
  });

  it('are sent when they are asked for, in parts that an engine takes', async () => {
    const part = (length: number) => dataPacket(1, Buffer.alloc(length, 7));
    const packets = await sent(files, from(request(1), request(0), END));
    expect(packets.slice(list.length).map((packet) => Buffer.from(packet).toString('hex'))).toEqual(
      [
        ...[part(MEGABYTE), part(MEGABYTE), part(MEGABYTE / 2), dataPacket(1, new Uint8Array(0))],
        ...[dataPacket(0, Buffer.from('first')), dataPacket(0, new Uint8Array(0)), END],
      ].map((packet) => Buffer.from(packet).toString('hex')),
    );
  });

  it('are not listed to the end before that is allowed, and never when it is refused', async () => {
    const seen: Uint8Array[] = [];
    let refuse: (error: Error) => void = () => {};
    const allowed = new Promise<void>((_, reject) => {
      refuse = reject;
    });
    const sending = (async () => {
      for await (const packet of sendFiles(files, allowed, from(END))) seen.push(packet);
    })();
    await new Promise((wake) => setImmediate(wake));
    refuse(new Error('the project is not valid'));
    await expect(sending).rejects.toThrow('the project is not valid');
    expect(seen).toEqual(files.map(filePacket));
  });

  it('end with what the engine says is wrong, with what it cannot ask, and with what is wrong with a file', async () => {
    const full = Buffer.concat([Buffer.from([8, ERROR, 34, 8]), Buffer.from('no space')]);
    await expect(sent(files, from(full))).rejects.toThrow('no space');
    await expect(sent(files, from(request(2)))).rejects.toThrow('asks for a file that there is not');
    const broken = {
      ...file('c.tar', Buffer.from('')),
      async *content(): AsyncIterable<Uint8Array> {
        yield Buffer.from('x');
        throw new Error('the file changed');
      },
    };
    await expect(sent([broken], from(request(0), END))).rejects.toThrow('the file changed');
  });
});
