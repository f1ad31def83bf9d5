/** Where the native runtime is found, and the one sentence where there is none: before any native code is loaded. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MlserveError } from '../../src/errors.ts';
import { findRuntime, thisPlatform, whyUnsupported } from '../../src/io/runtime-files.ts';
import { tempFolder } from '../support/temp.ts';

const LINUX = { os: 'linux', arch: 'x64', glibc: '2.36' };

describe('the runtime files', () => {
  it('are supported on this machine', () => {
    expect(whyUnsupported(thisPlatform())).toBeUndefined();
    expect(findRuntime().version).toBe('1.30.0');
  });

  it.each([
    [{ os: 'linux', arch: 'arm64', glibc: '2.28' }, undefined],
    [{ os: 'darwin', arch: 'arm64', glibc: undefined }, undefined],
    [{ os: 'win32', arch: 'x64', glibc: undefined }, undefined],
    [{ os: 'linux', arch: 'x64', glibc: undefined }, /glibc, and this system \(Alpine\?\)/],
    [{ os: 'linux', arch: 'x64', glibc: '2.17' }, /2\.28 or newer, and this system has 2\.17/],
    [{ os: 'darwin', arch: 'x64', glibc: undefined }, /Intel processor/],
    [{ os: 'win32', arch: 'ia32', glibc: undefined }, /32-bit/],
    [{ os: 'linux', arch: 'arm', glibc: '2.36' }, /32-bit/],
    [{ os: 'linux', arch: 's390x', glibc: '2.36' }, /linux s390x/],
    [{ os: 'freebsd', arch: 'x64', glibc: undefined }, /freebsd x64/],
  ])('of %j: %s', (platform, reason) => {
    if (reason === undefined) expect(whyUnsupported(platform)).toBeUndefined();
    else expect(whyUnsupported(platform)).toMatch(reason);
  });

  it('come from vendor before node_modules', async () => {
    const root = await tempFolder();
    const put = async (folder: string, version: string): Promise<void> => {
      const binary = join(root, folder, 'bin/napi-v6/linux/x64/onnxruntime_binding.node');
      await mkdir(dirname(binary), { recursive: true });
      await writeFile(binary, '');
      await writeFile(join(root, folder, 'package.json'), JSON.stringify({ name: 'onnxruntime-node', version }));
    };
    await writeFile(join(root, 'package.json'), '{}');
    await put('node_modules/onnxruntime-node', '1.0.0');
    expect(findRuntime(LINUX, root).version).toBe('1.0.0');
    await put('vendor/onnxruntime-node', '2.0.0');
    expect(findRuntime(LINUX, root)).toEqual({ folder: join(root, 'vendor/onnxruntime-node'), version: '2.0.0' });
  });

  it('that are missing are named', async () => {
    const root = await tempFolder();
    const call = (): unknown => findRuntime(LINUX, root);
    expect(call).toThrow(MlserveError);
    expect(call).toThrow('the onnxruntime files for linux x64 are missing');
  });
});
