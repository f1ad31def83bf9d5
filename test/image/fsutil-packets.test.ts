import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { dataPacket, END, errorPacket, filePacket, NO_MORE_FILES, readPacket } from '../../src/image/fsutil-packets.ts';

/** Of github.com/tonistiigi/fsutil, types/wire.proto and types/stat.proto, read and written by protobufjs. */
const Packet = protobuf
  .parse(`
    syntax = "proto3";
    message Packet {
      enum PacketType { PACKET_STAT = 0; PACKET_REQ = 1; PACKET_DATA = 2; PACKET_FIN = 3; PACKET_ERR = 4; }
      PacketType type = 1;
      Stat stat = 2;
      uint32 ID = 3;
      bytes data = 4;
    }
    message Stat {
      string path = 1;
      uint32 mode = 2;
      uint32 uid = 3;
      uint32 gid = 4;
      int64 size = 5;
      int64 modTime = 6;
      string linkname = 7;
      int64 devmajor = 8;
      int64 devminor = 9;
      map<string, bytes> xattrs = 10;
    }`)
  .root.lookupType('Packet');

const decoded = (bytes: Uint8Array) => Packet.toObject(Packet.decode(bytes), { enums: String, longs: String });
const encoded = (packet: object): Uint8Array => Packet.encode(Packet.fromObject(packet)).finish();

describe('a packet of fsutil', () => {
  it('names a file, its size and its time to the nanosecond, as another implementation reads them', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, unit: 'binary' }),
        fc.integer({ min: 1, max: 2 ** 50 }),
        fc.bigInt({ min: 1n, max: 2n ** 61n }),
        (path, bytes, modified) => {
          const stat = { path, mode: 0o644, size: String(bytes), modTime: String(modified) };
          expect(decoded(filePacket({ path, bytes, modified }))).toEqual({ stat });
        },
      ),
    );
  });

  it('carries parts of a file, its end, errors and the end of all, as another implementation reads them', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31 - 1), fc.uint8Array({ minLength: 1 }), (id, bytes) => {
        const read = decoded(dataPacket(id, bytes));
        expect({ ...read, ID: read.ID ?? 0, data: Uint8Array.from(read.data) }).toEqual({
          type: 'PACKET_DATA',
          ID: id,
          data: bytes,
        });
      }),
    );
    expect(decoded(dataPacket(7, new Uint8Array(0)))).toEqual({ type: 'PACKET_DATA', ID: 7 });
    expect(decoded(END)).toEqual({ type: 'PACKET_FIN' });
    expect(decoded(errorPacket('été'))).toEqual({ type: 'PACKET_ERR', data: Buffer.from('été') });
    expect(decoded(NO_MORE_FILES)).toEqual({});
  });

  it('is read as another implementation writes it', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31 - 1), (id) => {
        expect(readPacket(encoded({ type: 'PACKET_REQ', ID: id }))).toEqual({ type: 'request', id, text: '' });
      }),
    );
    expect(readPacket(encoded({ type: 'PACKET_FIN' }))).toMatchObject({ type: 'end' });
    expect(readPacket(encoded({ type: 'PACKET_ERR', data: Buffer.from('no space') }))).toMatchObject({
      type: 'error',
      text: 'no space',
    });
    expect(() => readPacket(Buffer.from([0x22, 0x7f]))).toThrow(expect.objectContaining({ name: 'ProtobufError' }));
  });
});
