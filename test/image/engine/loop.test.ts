import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Tensor } from '../../../src/model/tensor.ts';
import { readCases } from '../../support/fixtures.ts';
import { tempFolder } from '../../support/temp.ts';
import { type Built, describeWithEngine, docker, done, project, REGISTRY } from './support.ts';

const DATATYPES: Readonly<Record<string, string>> = { float32: 'FP32', int64: 'INT64', float64: 'FP64' };

function inferInput(name: string, { type, dims, data }: Tensor) {
  return { name, datatype: DATATYPES[type], shape: dims, data: [...data].map(Number) };
}

/** The engine's proxy takes connections before the server does, and leaves some of them open for ever. */
async function isReady(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(1000) }).catch(() => undefined);
  return answer?.status === 200;
}

/** As an operator runs it, by the digest in the registry; its address on this machine. */
async function run(image: string) {
  const container = await docker().createContainer({
    Image: image,
    ExposedPorts: { '8080/tcp': {} },
    HostConfig: {
      PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '0' }] },
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
    },
  });
  onTestFinished(() => container.remove({ force: true }));
  await container.start();
  const { NetworkSettings } = await container.inspect();
  const url = `http://127.0.0.1:${NetworkSettings.Ports['8080/tcp']?.[0]?.HostPort}`;
  for (let attempt = 0; attempt < 300; attempt++) {
    if (await isReady(url)) return { url, container };
    await new Promise((wake) => setTimeout(wake, 50));
  }
  throw new Error('the container did not become ready');
}

describeWithEngine('from a model to a container', () => {
  it.each([
    ['iris', 'real/iris', 'models/iris.onnx', []],
    ['wine', 'real/wine', 'models/wine.onnx', []],
    ['digits', 'real/digits-cnn', 'models/digits.onnx', []],
    // By hand: sha256sum of the file, then of its data, and of both lines (docs/identity.md).
    ['external', 'digest/external', 'models/external.onnx', ['models/weights.data']],
  ])(
    '%s: init, validate, lock, build, push, run by digest, predict, stop',
    async (name, fixture, model, data) => {
      const home = await tempFolder();
      const folder = await project(home, name, fixture);
      await done(['validate', '--frozen'], { cwd: folder });
      await done(['lock', '--check'], { cwd: folder });
      const tag = `${REGISTRY}/team/${name}:1.0.0`;
      await done(['build', 'image', '--tag', tag, '--push', '--file-output', 'build.json', '--sbom', 'sbom.json'], {
        cwd: folder,
      });
      const built = JSON.parse(await readFile(join(folder, 'build.json'), 'utf8')) as Built;
      expect(built.tags).toEqual([tag]);
      expect(built.image).toBe(`${REGISTRY}/team/${name}@${built.digest}`);
      expect(built.platforms[0]?.smoke?.examples.passed).toBe(built.platforms[0]?.smoke?.examples.asked);

      // What runs is what the registry has, not what the engine built.
      await docker().getImage(tag).remove({ force: true });
      const pulled = await docker().pull(built.image ?? '');
      await new Promise((resolve) => docker().modem.followProgress(pulled, resolve));
      const { url, container } = await run(built.image ?? '');

      const sha = async (path: string): Promise<string> =>
        createHash('sha256')
          .update(await readFile(join(folder, path)))
          .digest('hex');
      const lines = await Promise.all(data.map(async (path) => `${await sha(path)}  ${path.replace('models/', '')}\n`));
      const digest =
        data.length === 0
          ? await sha(model)
          : createHash('sha256')
              .update(`${await sha(model)}  -\n${lines.join('')}`)
              .digest('hex');
      const { inputs, outputs } = readCases(fixture);
      const answer = await fetch(`${url}/v2/models/${name}/infer`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ inputs: [...inputs].map(([input, tensor]) => inferInput(input, tensor)) }),
      });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('x-model-digest')).toBe(`sha256:${digest}`);
      expect(answer.headers.get('x-model-version')).toBe('1.0.0');
      const { outputs: answered } = (await answer.json()) as { outputs: { name: string; data: number[] }[] };
      for (const [output, { data: expected }] of outputs) {
        const got = answered.find((each) => each.name === output)?.data ?? [];
        expect(got).toHaveLength(expected.length);
        // What onnxruntime computed in Python.
        got.forEach((value, at) => void expect(value).toBeCloseTo(Number(expected[at]), 4));
      }

      const document = await fetch(`${url}/openapi.json`);
      const openApi = createHash('sha256')
        .update(Buffer.from(await document.arrayBuffer()))
        .digest('hex');
      expect(built.platforms[0]?.labels['dev.mlserve.openapi.digest']).toBe(`sha256:${openApi}`);

      await container.stop({ t: 20 });
      expect((await container.inspect()).State.ExitCode).toBe(0);
    },
    120_000,
  );
});
