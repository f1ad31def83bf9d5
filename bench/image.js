// `npm run bench image`: `build image` cold and again after changes, what it adds to its base, start and memory of the container, beside a plain npm image. Needs root and a Docker engine of its own.
import { execFileSync } from 'node:child_process';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { writeConvModel } from './support/conv-model.js';
import { cli, machine, root, withServers } from './support/launch.js';
import { judged, median, table } from './support/stats.js';

const ROUNDS = 5;
const BASE = 'node:24-bookworm-slim';
/** Two layers of 3 x 3 convolutions: 10 MB of weights. */
const LARGE = { side: 8, channels: 526, layers: 2 };
const BAR = { contextS: 1.5, coldS: 20, specS: 3, modelS: 5, addedMb: 60, readyS: 1, rssMb: 130 };

const engineScript = join(root, 'test/support/docker/engine.sh');
const engineFolder = process.env.MLSERVE_TEST_FOLDER ?? '/var/cache/mlserve-test';
const Docker = createRequire(import.meta.url)('../dist/dockerode.cjs');

const firstPlatform = ({ platforms: [first] }) => first;

/** An engine with nothing in it but the base: started here, unless one is there for the tests already. */
async function withEngine(work) {
  const given = process.env.MLSERVE_TEST_DOCKER_HOST;
  if (given !== undefined) return work(given);
  const said = execFileSync(engineScript, ['start', engineFolder], { encoding: 'utf8' });
  try {
    return await work(/MLSERVE_TEST_DOCKER_HOST=(\S+)/.exec(said)[1]);
  } finally {
    execFileSync(engineScript, ['stop', engineFolder]);
  }
}

await withEngine((host) =>
  withServers(async (home) => {
    const docker = new Docker({ socketPath: host.replace('unix://', '') });
    const env = { ...process.env, DOCKER_HOST: host, DOCKER_CONFIG: join(home, 'no-config') };
    const mlserve = (cwd, ...args) =>
      execFileSync(process.execPath, [cli, ...args], { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

    /** The whole command, smoke test included, as its user waits for it. */
    const build = (cwd) => {
      const start = performance.now();
      const result = JSON.parse(mlserve(cwd, 'build', 'image', '--json'));
      return { seconds: (performance.now() - start) / 1000, image: firstPlatform(result) };
    };
    const forget = async () => {
      const images = await docker.listImages();
      const own = images.filter(({ Labels }) => Labels?.['dev.mlserve.version'] !== undefined);
      for (const { Id } of own) await docker.getImage(Id).remove({ force: true });
      await docker.pruneBuilder({ all: true });
    };
    const project = (name, model) => {
      mlserve(home, 'init', name, '--model', model, '--yes');
      return join(home, name);
    };

    const about = machine();
    const iris = project('iris', join(root, 'fixtures/models/real/iris/model.onnx'));
    const large = join(home, 'large.onnx');
    writeConvModel(large, LARGE);
    const conv = project('conv', large);
    const seen = { cold: [], spec: [], model: [] };
    for (let round = 0; round < ROUNDS; round++) {
      await forget();
      seen.cold.push(build(iris));
      const yaml = join(iris, 'mlserve.yaml');
      const before = await readFile(yaml, 'utf8');
      await writeFile(yaml, `${before.replace(/^limits:.*\n/m, '')}limits: {jsonDepth: ${31 + round}}\n`);
      mlserve(iris, 'lock');
      seen.spec.push(build(iris));
      build(conv);
      await change(join(conv, 'models/conv.onnx'));
      mlserve(conv, 'lock');
      seen.model.push(build(conv));
    }

    const seconds = (builds, bar) => {
      const middle = median(builds.map((each) => each.seconds));
      const smoke = median(builds.map(({ image }) => image.timings.smokeMs)) / 1000;
      return [`${middle.toFixed(2)} s`, `${smoke.toFixed(2)} s of it to try the image`, judge(middle, bar, 's')];
    };
    const judge = (value, bar, unit) => judged(`${value.toFixed(2)} ${unit}`, `${bar} ${unit}`, value <= bar);
    const own = [...seen.cold, ...seen.spec].map(({ image }) => image);
    const contextS =
      median([...own, ...seen.model.map(({ image }) => image)].map((each) => each.timings.contextMs)) / 1000;
    const readyS = median(own.map(({ smoke }) => smoke.readyMs)) / 1000;
    const rssMb = median(own.map(({ smoke }) => smoke.rssBytes)) / 1e6;
    const [{ size }] = own;
    const modelMb = size.layers.find(({ what }) => what.startsWith('model ')).bytes / 1e6;
    const addedMb = size.added / 1e6;
    const plainMb = (await plainImage(docker, home)) / 1e6;
    console.log(`images of iris and of a model of 10 MB: ${about}; median of ${ROUNDS} rounds\n`);
    console.log(
      table(
        ['', 'measured', 'beside it', 'bar'],
        [
          ['context assembly', `${contextS.toFixed(2)} s`, '', judge(contextS, BAR.contextS, 's')],
          ['build, nothing cached', ...seconds(seen.cold, BAR.coldS)],
          ['build after a change of the configuration', ...seconds(seen.spec, BAR.specS)],
          ['build after a change of a 10 MB model', ...seconds(seen.model, BAR.modelS)],
          [
            'added to the base',
            `${addedMb.toFixed(1)} MB`,
            `${plainMb.toFixed(1)} MB by npm ci`,
            judged(
              `${(addedMb - modelMb).toFixed(1)} MB + model`,
              `${BAR.addedMb} MB + model`,
              addedMb - modelMb <= BAR.addedMb,
            ),
          ],
          [
            'the whole image',
            `${(size.total / 1e6).toFixed(1)} MB`,
            `${((size.base + plainMb * 1e6) / 1e6).toFixed(1)} MB by npm ci`,
            '',
          ],
          ['container start to ready', `${readyS.toFixed(2)} s`, '', judge(readyS, BAR.readyS, 's')],
          ['memory of the ready server', `${rssMb.toFixed(1)} MB`, '', judge(rssMb, BAR.rssMb, 'MB')],
        ],
      ),
    );
    console.log(
      `\n"by npm ci": the same server in a plain Dockerfile, FROM ${BASE}, with the node_modules that npm ci makes of the packed archive and its lock. Containers of this engine have no network, so npm ci ran outside and its result was copied in. node:24 in place of ${BASE} is larger by what that base leaves out, and cannot be had here.`,
    );
    for (const { what, bytes } of size.layers) console.log(`  ${(bytes / 1e6).toFixed(2).padStart(6)} MB  ${what}`);
  }),
);

/** Another model that answers the same: the lowest bit of one weight. */
async function change(path) {
  const bytes = await readFile(path);
  const at = Math.floor(bytes.length / 8) * 4;
  bytes[at] ^= 1;
  await writeFile(path, bytes);
}

/** Bytes that a Dockerfile of three lines adds to the same base, of the packed archive installed by npm ci. */
async function plainImage(docker, home) {
  const folder = join(home, 'plain');
  execFileSync('mkdir', ['-p', folder]);
  const quiet = { stdio: 'ignore' };
  execFileSync('npm', ['pack', '--pack-destination', home], { ...quiet, cwd: root });
  await writeFile(join(folder, 'package.json'), '{"private":true}\n');
  const [archive] = execFileSync('sh', ['-c', 'ls mlserve-*.tgz'], { cwd: home, encoding: 'utf8' }).split('\n');
  execFileSync('npm', ['install', '--package-lock-only', '--omit=dev', join(home, archive)], { ...quiet, cwd: folder });
  execFileSync('npm', ['ci', '--omit=dev'], { ...quiet, cwd: folder });
  await appendFile(join(folder, 'Dockerfile'), `FROM ${BASE}\nWORKDIR /app\nCOPY . .\n`);
  const tar = execFileSync('tar', ['-C', folder, '-cf', '-', '.'], { maxBuffer: 2 ** 30 });
  await text(await docker.buildImage(Readable.from([tar]), { t: 'plain:bench' }));
  const sizes = await Promise.all(
    ['plain:bench', BASE].map(async (name) => (await docker.getImage(name).inspect()).Size),
  );
  await docker.getImage('plain:bench').remove({ force: true });
  return sizes[0] - sizes[1];
}
