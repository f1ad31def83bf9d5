// A bare node:http server that reads the body and answers a constant: what HTTP in Node costs without us. `node bare-server.js ANSWER-FILE`.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const answer = readFileSync(process.argv[2]);
const headers = { 'content-type': 'application/json', 'content-length': answer.length };
const server = createServer((request, response) => {
  request.resume().once('end', () => response.writeHead(200, headers).end(answer));
});
server.listen(0, '127.0.0.1', () => console.log(`ready http://127.0.0.1:${server.address().port}`));
