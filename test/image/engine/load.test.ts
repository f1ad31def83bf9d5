/** `mlserve bench --image`: a container under load, reached through a port of this machine's loopback address, in a real engine. */
import { spawn } from 'node:child_process';
import { expect, it, onTestFinished } from 'vitest';
import type { BenchResult } from '../../../src/commands/bench.ts';
import { bareEnv, CLI } from '../../support/run-cli.ts';
import { tempFolder } from '../../support/temp.ts';
import { build, DOCKER_HOST, describeWithEngine, docker, done, edits, mlserve, project } from './support.ts';

describeWithEngine('the load of an image', () => {
  it('is answered by the locked model in it, and leaves no container, also when it is stopped', async () => {
    const folder = await project(await tempFolder(), 'load', 'digest/base');
    await build(folder, ['--tag', 'load:1.0.0']);
    const args = ['bench', '--image', 'load:1.0.0', '--rates', '20,50'];
    const result = JSON.parse(await done([...args, '--duration', '1s', '--json'], { cwd: folder })) as BenchResult;
    expect(result).toMatchObject({
      target: { kind: 'image', name: 'load:1.0.0' },
      models: [{ name: 'load', version: '1.0.0' }],
      rates: [{ rate: 20 }, { rate: 50 }],
    });
    for (const { answered, offered } of result.rates) expect(answered).toBe(offered);
    expect(await containers('load:1.0.0')).toEqual([]);

    const child = spawn(process.execPath, [CLI, ...args, '--duration', '10m'], {
      cwd: folder,
      env: bareEnv({ DOCKER_HOST }),
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const ended = new Promise((resolve) => child.once('close', (code, signal) => resolve(signal ?? code)));
    await expect.poll(() => said, { timeout: 120_000 }).toContain('20 requests/s');
    // Nobody else on the network is let in.
    const [running] = await containers('load:1.0.0');
    expect(running?.Ports).toMatchObject([{ IP: '127.0.0.1', PrivatePort: 8080, Type: 'tcp' }]);
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    await expect.poll(() => containers('load:1.0.0'), { timeout: 30_000 }).toEqual([]);
  }, 600_000);

  it('is not begun where the image holds another model', async () => {
    const folder = await project(await tempFolder(), 'load-other', 'digest/base');
    await build(folder, ['--tag', 'load-other:1.0.0']);
    await edits.model(folder, 'digest/producer');
    const args = ['bench', '--image', 'load-other:1.0.0', '--rates', '20', '--json'];
    const { code, stdout } = await mlserve(args, { cwd: folder });
    const { rates, issues } = JSON.parse(stdout) as BenchResult;
    expect([code, rates, issues.map(({ rule }) => rule)]).toEqual([1, [], ['parity.identity']]);
    expect(await containers('load-other:1.0.0')).toEqual([]);
  }, 600_000);
});

/** Of this image, whatever their state. */
async function containers(image: string) {
  const { Id } = await docker().getImage(image).inspect();
  return (await docker().listContainers({ all: true })).filter(({ ImageID }) => ImageID === Id);
}
