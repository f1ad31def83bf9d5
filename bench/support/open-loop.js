// A rate × a request → what each client of an open loop sees: requests are sent when they are due, whatever became of those before.
import { Agent, request } from 'node:http';

/** Milliseconds between two arrivals of a Poisson process. */
const gap = (perSecond) => (-Math.log(1 - Math.random()) * 1000) / perSecond;

/** One request on a connection of its own or an idle one; 0 stands for a broken connection. */
function send(agent, url, { path, method = 'POST', headers, body }) {
  return new Promise((resolve) => {
    const length = body === undefined ? {} : { 'content-length': body.length };
    const sent = request(`${url}${path}`, { agent, method, headers: { ...headers, ...length } }, (answer) => {
      answer
        .resume()
        .once('end', () => resolve(answer.statusCode))
        .once('error', () => resolve(0));
    });
    sent.once('error', () => resolve(0)).end(body);
  });
}

/**
 * Sends `request` to `url` for `seconds`, `perSecond` on average, and waits for every answer. Each is counted from the time it was due, so
 * that a sender that falls behind makes the figures worse, never better: no coordinated omission. `[{status, ms, due}]`, `due` in ms from the start.
 */
export async function openLoop({ url, request: what, perSecond, seconds }) {
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, maxFreeSockets: 4096 });
  const answers = [];
  const pending = [];
  const start = performance.now();
  let due = start + gap(perSecond);
  const end = start + seconds * 1000;
  while (due < end) {
    const now = performance.now();
    if (due > now) await new Promise((wake) => setTimeout(wake, due - now));
    // Everything that is due by now leaves now.
    for (const present = performance.now(); due <= present && due < end; due += gap(perSecond)) {
      const at = due;
      const answered = send(agent, url, what).then((status) => {
        answers.push({ status, ms: performance.now() - at, due: at - start });
      });
      pending.push(answered);
    }
  }
  await Promise.all(pending);
  agent.destroy();
  return answers;
}
