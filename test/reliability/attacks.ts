/** What slow and hostile clients do to a port: each takes a target and a time, does its worst within them, and says what it did. */
import { connect, type Socket } from 'node:net';

export interface Target {
  readonly port: number;
  /** How long it lasts. */
  readonly ms: number;
  /** How many connections it may open at once. */
  readonly most: number;
}

export interface Attack {
  readonly name: string;
  run(target: Target): Promise<string>;
}

const HEAD = 'POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
const pause = (ms: number): Promise<void> => new Promise((wake) => setTimeout(wake, ms));

/** From addresses of the whole loopback network in turn: one alone has too few ports. */
let opened = 0;
function open({ port }: Target): Socket {
  const localAddress = `127.0.0.${2 + (Math.floor(opened++ / 5000) % 200)}`;
  return connect({ port, host: '127.0.0.1', localAddress }).on('error', () => {});
}

/** Opens them some at a time: the kernel queues only so many. */
async function openMany(target: Target, count: number, begin: (socket: Socket) => void = () => {}): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const some = Array.from({ length: Math.min(100, count - sockets.length) }, () => open(target));
    for (const socket of some) socket.once('connect', () => begin(socket));
    sockets.push(...some);
    await Promise.all(some.map((socket) => new Promise((done) => socket.once('connect', done).once('close', done))));
  }
  return sockets;
}

const stillOpen = (sockets: readonly Socket[]): number => sockets.filter((socket) => !socket.destroyed).length;
const closeAll = (sockets: readonly Socket[]): void => {
  for (const socket of sockets) socket.destroy();
};

/** Connections that each send a piece now and then, as long as they are let. */
async function trickle(target: Target, head: string, piece: string): Promise<string> {
  const count = Math.min(1000, target.most);
  const sockets = await openMany(target, count, (socket) => void socket.resume().write(head));
  const end = performance.now() + target.ms;
  while (performance.now() < end) {
    for (const socket of sockets) if (socket.writable) socket.write(piece);
    await pause(200);
  }
  const left = stillOpen(sockets);
  closeAll(sockets);
  return `${count} connections, ${count - left} of them cut by the service`;
}

/** Sends a request over and over and reads nothing. */
async function neverRead(target: Target): Promise<string> {
  const count = Math.min(200, target.most);
  const request = 'GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(20);
  const sockets = await openMany(target, count, (socket) => void socket.pause().write(request));
  await pause(target.ms);
  closeAll(sockets);
  return `${count} connections, 20 requests each, nothing read`;
}

async function halfClose(target: Target): Promise<string> {
  const count = Math.min(1000, target.most);
  const ends = [
    '',
    'GET /livez HT',
    `${HEAD}Content-Length: 100\r\n\r\n{"inst`,
    'GET /livez HTTP/1.1\r\nHost: a\r\n\r\n',
  ];
  let answered = 0;
  const begin = (socket: Socket, at: number): void => {
    socket.once('data', (chunk) => {
      if (String(chunk).startsWith('HTTP/1.1 200 ')) answered++;
    });
    socket.end(ends[at % ends.length] ?? '');
  };
  let at = 0;
  const sockets = await openMany(target, count, (socket) => begin(socket, at++));
  await pause(target.ms);
  const left = stillOpen(sockets);
  closeAll(sockets);
  return `${count} connections, ${answered} of ${count / ends.length} whole requests answered, ${left} left open`;
}

async function idle(target: Target): Promise<string> {
  const sockets = await openMany(target, target.most);
  const held = stillOpen(sockets);
  await pause(target.ms);
  const left = stillOpen(sockets);
  closeAll(sockets);
  return `${held} connections that ask nothing, ${left} left after ${target.ms / 1000} s`;
}

async function chunkFlood(target: Target): Promise<string> {
  const chunk = '1\r\n \r\n'.repeat(10_000);
  let sent = 0;
  const flood = async (socket: Socket): Promise<void> => {
    const end = performance.now() + target.ms;
    socket.resume().write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
    while (performance.now() < end && socket.writable) {
      sent += chunk.length;
      if (!socket.write(chunk)) await new Promise((done) => socket.once('drain', done).once('close', done));
    }
    socket.destroy();
  };
  await Promise.all((await openMany(target, 4)).map(flood));
  return `4 connections, ${(sent / 6e6).toFixed(1)} million chunks of one byte`;
}

/** Connects, sends half of something and resets, again and again. */
async function churn(target: Target): Promise<string> {
  const end = performance.now() + target.ms;
  const halves = [
    '',
    'GET /livez HTTP/1.1\r\n',
    `${HEAD}Content-Length: 5000\r\n\r\n{"instances":[`,
    '\x16\x03\x01\x02\x00\x01',
  ];
  let count = 0;
  while (performance.now() < end) {
    const sockets = await openMany(target, Math.min(50, target.most), (socket) => {
      socket.write(halves[count++ % halves.length] ?? '', 'latin1', () => socket.resetAndDestroy());
    });
    await pause(20);
    closeAll(sockets);
  }
  return `${count} connections, reset in the middle`;
}

/** Each as large as a client can make it, past some limit. */
async function oversize(target: Target): Promise<string> {
  const deep = '['.repeat(2_000_000);
  const requests = [
    `GET /${'x'.repeat(100_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
    `GET /livez HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(200_000)}\r\n\r\n`,
    `GET /livez HTTP/1.1\r\nHost: a\r\n${Array.from({ length: 20_000 }, (_, at) => `X-${at}: 1\r\n`).join('')}\r\n`,
    `${HEAD}Content-Length: 99999999999\r\n\r\n${' '.repeat(100_000)}`,
    `${HEAD}Transfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(100_000)}\r\n \r\n0\r\n\r\n`,
    `${HEAD}Transfer-Encoding: chunked\r\n\r\n1\r\n \r\n0\r\n${`T: ${'x'.repeat(1000)}\r\n`.repeat(100)}\r\n`,
    `${HEAD}Content-Length: ${deep.length}\r\n\r\n${deep}`,
    `${HEAD}Content-Length: 1000014\r\n\r\n{"instances":[${'9'.repeat(1_000_000)}`,
    `${HEAD.replace('POST', 'X'.repeat(50_000))}\r\n`,
  ];
  const end = performance.now() + target.ms;
  let count = 0;
  while (performance.now() < end) {
    const sockets = await openMany(target, requests.length, (socket) => {
      socket.resume().write(requests[count++ % requests.length] ?? '');
    });
    await pause(50);
    closeAll(sockets);
  }
  return `${count} requests of ${requests.length} kinds`;
}

async function garbage(target: Target): Promise<string> {
  const hello = Buffer.from('160301020001000001fc0303', 'hex');
  const end = performance.now() + target.ms;
  let count = 0;
  while (performance.now() < end) {
    const sockets = await openMany(target, Math.min(50, target.most), (socket) => {
      const noise = Buffer.from(Array.from({ length: 3000 }, (_, at) => (at * (7919 + count) + 13) % 256));
      socket.resume().write(count++ % 2 === 0 ? Buffer.concat([hello, noise]) : noise);
    });
    await pause(20);
    closeAll(sockets);
  }
  return `${count} connections, TLS hellos and other bytes that are no HTTP`;
}

export const ATTACKS: readonly Attack[] = [
  { name: 'slow heads', run: (target) => trickle(target, 'GET /livez HTTP/1.1\r\nHost: a\r\n', 'X: y\r\n') },
  { name: 'slow bodies', run: (target) => trickle(target, `${HEAD}Content-Length: 100000\r\n\r\n{"instances":[`, ' ') },
  { name: 'answers never read', run: neverRead },
  { name: 'half-closed sockets', run: halfClose },
  { name: 'idle connections', run: idle },
  { name: 'chunk flood', run: chunkFlood },
  { name: 'connections reset midway', run: churn },
  { name: 'everything too large', run: oversize },
  { name: 'bytes that are no HTTP', run: garbage },
];
