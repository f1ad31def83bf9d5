/** The cgroup files of this process → how many CPUs it may use. A container's limit is invisible to `os.availableParallelism`. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { posix } from 'node:path';

/** Text of a file, or undefined when it cannot be read. */
export type ReadText = (path: string) => string | undefined;

/**
 * The smaller of the cgroup quota (rounded down) and the host's parallelism, at least 1. Version 2: `cpu.max` holds `QUOTA PERIOD`
 * or `max PERIOD`; version 1: `cpu.cfs_quota_us` (-1 for none) and `cpu.cfs_period_us`. A limit on any parent group counts.
 */
export function cpuLimit(read: ReadText = readText, host: number = availableParallelism()): number {
  let limit = host;
  for (const line of (read('/proc/self/cgroup') ?? '0::/').split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) continue;
    const isV2 = controllers === '';
    if (!isV2 && !controllers.split(',').includes('cpu')) continue;
    for (const group of groupsOf(path)) {
      const quota = isV2 ? quotaV2(read, group) : quotaV1(read, group);
      if (quota !== undefined) limit = Math.min(limit, quota);
    }
  }
  return Math.max(1, Math.floor(limit));
}

/** `/a/b` → `/a/b`, `/a`, `/`. In a container the path may be the host's while only `/` is mounted. */
function groupsOf(path: string): readonly string[] {
  return path === '/' ? ['/'] : [path, ...groupsOf(posix.dirname(path))];
}

function quotaV2(read: ReadText, group: string): number | undefined {
  for (const root of ['/sys/fs/cgroup', '/sys/fs/cgroup/unified']) {
    const [, quota, period] = /^(\d+) (\d+)/.exec(read(posix.join(root, group, 'cpu.max')) ?? '') ?? [];
    if (quota !== undefined) return ratio(quota, period);
  }
  return undefined;
}

function quotaV1(read: ReadText, group: string): number | undefined {
  for (const root of ['/sys/fs/cgroup/cpu', '/sys/fs/cgroup/cpu,cpuacct']) {
    const quota = read(posix.join(root, group, 'cpu.cfs_quota_us'))?.trim();
    if (quota !== undefined) return ratio(quota, read(posix.join(root, group, 'cpu.cfs_period_us'))?.trim());
  }
  return undefined;
}

function ratio(quota: string, period: string | undefined): number | undefined {
  const cpus = Number(quota) / Number(period);
  return Number.isFinite(cpus) && cpus > 0 ? cpus : undefined;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
