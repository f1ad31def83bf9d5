/** The CPU limit from cgroup files as Docker, Kubernetes and systemd write them. */
import { describe, expect, it } from 'vitest';
import { cpuLimit } from '../../src/io/cpus.ts';

const limit = (files: Readonly<Record<string, string>>, host = 8): number => cpuLimit((path) => files[path], host);

describe('the CPU limit', () => {
  it.each([
    ['200000 100000\n', 2],
    ['150000 100000\n', 1],
    ['50000 100000\n', 1],
    ['max 100000\n', 8],
    ['6400000 100000\n', 8],
  ])('of cgroup v2 cpu.max %j is %d of 8', (text, cpus) => {
    expect(limit({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': text })).toBe(cpus);
  });

  it('counts the tightest of nested groups', () => {
    const files = {
      '/proc/self/cgroup': '0::/a/b\n',
      '/sys/fs/cgroup/a/b/cpu.max': 'max 100000',
      '/sys/fs/cgroup/a/cpu.max': '300000 100000',
    };
    expect(limit(files)).toBe(3);
  });

  it('finds the group of a container that sees itself as the root', () => {
    const files = { '/proc/self/cgroup': '0::/kubepods/pod1/x\n', '/sys/fs/cgroup/cpu.max': '200000 100000' };
    expect(limit(files)).toBe(2);
  });

  it.each([
    ['250000', '100000', 2],
    ['-1', '100000', 8],
  ])('of cgroup v1 quota %s and period %s is %d of 8', (quota, period, cpus) => {
    const files = {
      '/proc/self/cgroup': '11:memory:/docker/x\n4:cpu,cpuacct:/docker/x\n0::/\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': `${quota}\n`,
      '/sys/fs/cgroup/cpu/cpu.cfs_period_us': `${period}\n`,
    };
    expect(limit(files)).toBe(cpus);
  });

  it('is what the host has where there are no such files', () => {
    expect(limit({}, 3)).toBe(3);
    expect(cpuLimit()).toBeGreaterThanOrEqual(1);
  });
});
