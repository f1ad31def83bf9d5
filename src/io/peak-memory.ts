/** This process → the most resident memory it has had, in bytes. */
import { readFileSync } from 'node:fs';
import process from 'node:process';

/** On Linux `getrusage` begins with what the parent had when it forked; the high-water mark of the address space begins with the program. */
export function peakBytes(): number {
  if (process.platform === 'linux') {
    const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (kibibytes !== undefined) return Number(kibibytes) * 1024;
  }
  return process.resourceUsage().maxRSS * 1024;
}
