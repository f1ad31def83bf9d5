/** `mlserve doctor` with a real kubectl, and clusters that answer, refuse, are silent or are none. */
import { writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSocketServer, type Server } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { describeWithKubectl, kubectlEnv } from '../../support/kube/kubectl.ts';
import { type CliRun, runCli } from '../../support/run-cli.ts';
import { tempFolder } from '../../support/temp.ts';
import { cluster, PATIENCE } from './support.ts';

const NO_ENGINE = { DOCKER_HOST: 'unix:///nonexistent.sock' };

async function doctor(server: { readonly kubeconfig: string }): Promise<CliRun> {
  const env = { ...(await kubectlEnv(server)), ...NO_ENGINE };
  return await runCli(['doctor'], { cwd: await tempFolder(), env });
}

/** A kubeconfig that leads to whatever listens there. */
async function leadingTo(port: number): Promise<{ readonly kubeconfig: string }> {
  const kubeconfig = join(await tempFolder(), 'config');
  const server = `http://127.0.0.1:${port}`;
  const config = {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'here' },
    clusters: [{ name: 'c', cluster: { server } }],
    contexts: [{ name: 'here', context: { cluster: 'c', user: 'u' } }],
    users: [{ name: 'u', user: { token: 'old' } }],
  };
  await writeFile(kubeconfig, JSON.stringify(config));
  return { kubeconfig };
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  onTestFinished(() => void server.close());
  return (server.address() as { port: number }).port;
}

const answering = async (listener: RequestListener): Promise<CliRun> =>
  doctor(await leadingTo(await listening(createServer(listener))));

describeWithKubectl('mlserve doctor, of a cluster', () => {
  it('says which context it is, where, and in what version', { timeout: PATIENCE }, async () => {
    const { code, stdout } = await doctor(await cluster());
    expect(stdout).toMatch(/^✓ kubectl +kubectl, context \S+ at https?:\S+, Kubernetes v1\.36\.0$/m);
    expect(code).toBe(0);
  });

  it('warns of one that nobody answers for, and of one that knows us no more', { timeout: PATIENCE }, async () => {
    const { code, stdout } = await doctor(await leadingTo(1));
    expect(stdout).toMatch(
      /^! kubectl +context here at http:\/\/127\.0\.0\.1:1: .*refused.*; "mlserve deploy --apply" needs it\n +fix: see that the cluster runs/m,
    );
    expect(code).toBe(0);
    const refused = await answering((_, response) => {
      const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Unauthorized', code: 401 };
      response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify(status));
    });
    expect(refused.stdout).toMatch(/^! kubectl +context here .*\n +fix: log in to the cluster again/m);
    expect(refused.code).toBe(0);
  });

  it('warns of what is no cluster', { timeout: PATIENCE }, async () => {
    const { code, stdout } = await answering((_, response) => void response.end('<html>Welcome</html>'));
    expect(stdout).toMatch(/^! kubectl +context here .*: what answers is no API server of Kubernetes; .*\n +fix: /m);
    expect(code).toBe(0);
  });

  it('does not wait longer than five seconds for one that is silent', { timeout: PATIENCE }, async () => {
    const sockets = new Set<{ destroy(): void }>();
    const server = createSocketServer((socket) => void sockets.add(socket.on('error', () => {})));
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
    });
    const place = await leadingTo(await listening(server));
    const begin = performance.now();
    const { code, stdout } = await doctor(place);
    expect(performance.now() - begin).toBeLessThan(15_000);
    expect(stdout).toMatch(/^! kubectl +context here .*: no answer: timed out; .*\n +fix: /m);
    expect(code).toBe(0);
    expect(sockets.size).toBeGreaterThan(0);
  });
});
