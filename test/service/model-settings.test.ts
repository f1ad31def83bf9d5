/** Settings that one model has of its own. */
import { describe, expect, it } from 'vitest';
import { loadService } from '../../src/service/load-service.ts';

const text = (own: string, more = '') => `apiVersion: mlserve.dev/v1
name: svc
version: 1.0.0
models:
  - name: a
    path: a.onnx
${own}
  - {name: b, path: b.onnx}
${more}`;
const load = (own: string, more = '', env: Record<string, string> = {}, flags: Record<string, string | number> = {}) =>
  loadService({ text: text(own, more), file: 'mlserve.yaml', env, flags });

describe('the settings of a model', () => {
  it('are its own where it has them, and else those of the service', () => {
    const own = '    batching: {maxRows: 4}\n    limits: {queueRows: 20000, runTimeoutMs: 2s}\n    slo: {p99Ms: 50}';
    const { spec, issues } = load(own, 'engine: {instances: 2}\nlimits: {runTimeoutMs: 9s}\n');
    expect(issues).toEqual([]);
    const [a, b] = spec.models;
    expect(a).toMatchObject({
      engine: { instances: 2 },
      batching: { maxRows: 4, maxDelayMs: 0 },
      slo: { p99Ms: 50 },
      limits: { queueRows: 20_000, runTimeoutMs: 2000, rowsPerRequest: 10_000 },
    });
    expect(b).toMatchObject({
      batching: { maxRows: 64 },
      limits: { queueRows: 0, runTimeoutMs: 9000 },
      slo: { p99Ms: 5000 },
    });
  });

  it('give way to a flag and a variable, which mean the service as it starts', () => {
    const own = '    batching: {maxRows: 4, maxDelayMs: 5}';
    const { spec, origins } = load(own, '', { MLSERVE_BATCHING_MAX_ROWS: '1' }, { 'batching.maxDelayMs': 9 });
    expect(spec.models[0]?.batching).toEqual({ maxRows: 1, maxDelayMs: 9 });
    expect([origins.get('batching.maxRows'), origins.get('models[0].batching.maxRows')]).toEqual([
      'environment',
      undefined,
    ]);
  });

  it('have an origin only where they are its own', () => {
    const { origins } = load('    batching: {maxRows: 4}');
    const paths = [...origins.keys()].filter((path) => /^models\[\d\]\.(batching|engine|limits|slo)/.test(path));
    expect(paths).toEqual(['models[0].batching.maxRows']);
    expect(origins.get('models[0].batching.maxRows')).toBe('file');
  });

  it('are checked like all others, with their place in the file', () => {
    const { issues } = load(
      '    batching: {maxRows: 0}\n    limits: {bodyBytes: 5, queueRows: 7}\n    server: {port: 1}',
    );
    expect(issues.map(({ rule, where }) => [rule, where])).toEqual([
      ['config.unknown-key', 'mlserve.yaml:9:5'],
      ['config.invalid-value', 'mlserve.yaml:7:25'],
      ['config.unknown-key', 'mlserve.yaml:8:14'],
      ['config.queue-too-small', 'mlserve.yaml:8:39'],
    ]);
  });

  it('allow a name twice when the versions differ', () => {
    const twice = (version: string) =>
      load('', '').issues.concat(
        loadService({
          text: `apiVersion: mlserve.dev/v1\nname: svc\nversion: 1.0.0\nmodels:\n  - {name: a, path: a.onnx}\n  - {name: a, path: b.onnx, version: ${version}}\n`,
          file: 'mlserve.yaml',
          env: {},
          flags: {},
        }).issues,
      );
    expect(twice('2.0.0')).toEqual([]);
    expect(twice('1.0.0').map(({ rule, hint }) => [rule, hint])).toEqual([
      ['config.duplicate-model', 'rename one, or give it another version'],
    ]);
  });
});
