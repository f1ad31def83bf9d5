/** Loaded before a program (`--import FILE?parent=PID`): ends its process when the one that started it is gone, however that ended. */
import process from 'node:process';

const EVERY_MS = 500;
const parent = Number(new URL(import.meta.url).searchParams.get('parent'));

setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}, EVERY_MS).unref();
