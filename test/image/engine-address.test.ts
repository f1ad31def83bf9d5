import { describe, expect, it } from 'vitest';
import { contextName, engineAddresses } from '../../src/image/engine-address.ts';

const surroundings = { env: {}, os: 'linux', home: '/home/me', context: undefined };
const addresses = (env: Record<string, string>, rest: object = {}) =>
  engineAddresses({ ...surroundings, ...rest, env });

describe('the address of the container engine', () => {
  it('is looked for in the usual places of Docker, then of Podman', () => {
    const paths = addresses({ XDG_RUNTIME_DIR: '/run/user/1' }).map((each) => each.kind === 'socket' && each.path);
    expect(paths).toEqual([
      '/var/run/docker.sock',
      '/run/user/1/docker.sock',
      '/home/me/.docker/run/docker.sock',
      '/run/user/1/podman/podman.sock',
      '/run/podman/podman.sock',
    ]);
  });

  it('is a pipe on Windows', () => {
    expect(addresses({}, { os: 'win32' })[0]).toMatchObject({ kind: 'socket', path: '//./pipe/docker_engine' });
  });

  it('is DOCKER_HOST alone where that is set', () => {
    expect(addresses({ DOCKER_HOST: 'unix:///tmp/d.sock' })).toEqual([
      { kind: 'socket', path: '/tmp/d.sock', from: 'DOCKER_HOST' },
    ]);
    expect(addresses({ DOCKER_HOST: 'tcp://host:1234' })).toMatchObject([
      { host: 'host', port: 1234, tlsFolder: undefined },
    ]);
    expect(addresses({ DOCKER_HOST: 'tcp://host' })).toMatchObject([{ port: 2375 }]);
    expect(addresses({ DOCKER_HOST: 'tcp://host', DOCKER_TLS_VERIFY: '1' })).toMatchObject([
      { port: 2376, tlsFolder: '/home/me/.docker' },
    ]);
    expect(
      addresses({ DOCKER_HOST: 'tcp://host:1', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/certs' }),
    ).toMatchObject([{ tlsFolder: '/certs' }]);
  });

  it('keeps a port that is the usual one of HTTP, and takes an IPv6 address out of its brackets', () => {
    expect(addresses({ DOCKER_HOST: 'tcp://host:80' })).toMatchObject([{ host: 'host', port: 80 }]);
    expect(addresses({ DOCKER_HOST: 'tcp://[::1]:2375' })).toMatchObject([{ host: '::1', port: 2375 }]);
    expect(addresses({ DOCKER_HOST: 'tcp://[::1]' })).toMatchObject([{ host: '::1', port: 2375 }]);
  });

  it('has the certificates of the home folder where DOCKER_CERT_PATH is empty', () => {
    const env = { DOCKER_HOST: 'tcp://host', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '' };
    expect(addresses(env)).toMatchObject([{ tlsFolder: '/home/me/.docker' }]);
  });

  it('is that of the chosen context', () => {
    const context = { name: 'remote', host: 'tcp://10.0.0.1:2376', tlsFolder: '/tls' };
    expect(addresses({}, { context })).toEqual([
      { kind: 'tcp', host: '10.0.0.1', port: 2376, tlsFolder: '/tls', from: 'the Docker context "remote"' },
    ]);
  });

  it('behind ssh is refused with the tunnel that reaches it', () => {
    expect(() => addresses({ DOCKER_HOST: 'ssh://me@host' })).toThrow(
      expect.objectContaining({ code: 'ENGINE_UNREACHABLE', hint: expect.stringContaining('ssh -N -L') }),
    );
  });

  it.each(['nonsense', 'tcp://', 'ftp://x'])('"%s" is refused', (host) => {
    expect(() => addresses({ DOCKER_HOST: host })).toThrow(expect.objectContaining({ code: 'ENGINE_UNREACHABLE' }));
  });
});

describe('the context', () => {
  it('is overruled by DOCKER_HOST, then by DOCKER_CONTEXT', () => {
    expect(contextName({}, { currentContext: 'a' })).toBe('a');
    expect(contextName({ DOCKER_CONTEXT: 'b' }, { currentContext: 'a' })).toBe('b');
    expect(contextName({ DOCKER_HOST: 'unix:///x' }, { currentContext: 'a' })).toBeUndefined();
    expect(contextName({}, { currentContext: 'default' })).toBeUndefined();
    expect(contextName({}, {})).toBeUndefined();
  });
});
