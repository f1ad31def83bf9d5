// node probe-livez.js PORT: asks /livez on a connection of its own every few milliseconds, until a line arrives on standard input; then
// prints what the answers took as JSON. In a process of its own, so that whoever attacks the service does not slow the clock.
import { connect } from 'node:net';

const port = Number(process.argv[2]);
const PAUSE_MS = 5;
const times = [];
let failed = 0;
let isOver = false;

const ask = () =>
  new Promise((done) => {
    const start = performance.now();
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.setTimeout(10_000, () => socket.destroy());
    socket.on('error', () => {});
    socket.on('data', (chunk) => (text += chunk));
    socket.on('close', () => {
      if (/^HTTP\/1\.1 200 /.test(text)) times.push(performance.now() - start);
      else failed++;
      done();
    });
    socket.write('GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  });

process.stdin.once('data', () => {
  isOver = true;
});
process.stdout.write('started\n');
while (!isOver) {
  await ask();
  await new Promise((wake) => setTimeout(wake, PAUSE_MS));
}
process.stdin.destroy();
times.sort((a, b) => a - b);
const at = (share) => times[Math.min(times.length - 1, Math.ceil(share * times.length) - 1)];
process.stdout.write(`${JSON.stringify({ answers: times.length, failed, p50: at(0.5), p99: at(0.99), max: at(1) })}\n`);
