/** A socket → the same, which several may keep from being read; it is read on when nobody does. */
import type { Socket } from 'node:net';

/** Why a socket is not read: requests of it wait, or bytes of it do. */
type Reason = 'requests' | 'bytes';

export class Reading {
  readonly #socket: Socket;
  readonly #reasons = new Set<Reason>();

  constructor(socket: Socket) {
    this.#socket = socket;
    const resume = socket.resume.bind(socket);
    // node:http resumes it whenever a request wants more of its body, and knows of no other reason to wait.
    socket.resume = () => (this.#reasons.size === 0 ? resume() : socket);
  }

  stop(reason: Reason): void {
    this.#reasons.add(reason);
    this.#socket.pause();
  }

  goOn(reason: Reason): void {
    if (this.#reasons.delete(reason)) this.#socket.resume();
  }
}
