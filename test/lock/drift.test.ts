import { describe, expect, it } from 'vitest';
import { findDrift } from '../../src/lock/drift.ts';
import type { Lock, LockedModel } from '../../src/lock/lock.ts';
import type { Fingerprint } from '../../src/model/fingerprint.ts';
import { digestFor, sampleLock, sampleModel } from '../support/sample-lock.ts';

const change = (text: string) => digestFor(`another ${text}`);

/** The lock with its first model changed. */
function withModel(edit: Partial<LockedModel>): Lock {
  const lock = sampleLock();
  return { ...lock, models: lock.models.map((model, at) => (at === 0 ? { ...model, ...edit } : model)) };
}

function withDigests(edit: Partial<Fingerprint>): Lock {
  return withModel({ digests: { ...sampleModel('a').digests, ...edit } });
}

const found = (now: Lock, lock = sampleLock()) => findDrift(lock, now).map(({ rule, where }) => `${rule} ${where}`);

describe('drift', () => {
  it('is nothing when nothing changed', () => {
    expect(findDrift(sampleLock(), sampleLock())).toEqual([]);
  });

  it('tells what kind of change a model has seen', () => {
    const model = change('bytes');
    expect(found(withDigests({ model }))).toEqual(['lock.bytes models/a.onnx']);
    expect(found(withDigests({ model, weights: model }))).toEqual(['lock.weights models/a.onnx']);
    expect(found(withDigests({ model, graph: model }))).toEqual(['lock.graph models/a.onnx']);
    expect(found(withDigests({ model, graph: model, weights: model, signature: model }))).toEqual([
      'lock.signature models/a.onnx',
      'lock.graph models/a.onnx',
      'lock.weights models/a.onnx',
    ]);
  });

  it('tells that a lock was edited: the same bytes with another record', () => {
    const [file, data] = sampleModel('a').files;
    if (file === undefined || data === undefined) throw new Error('the sample has files');
    const other = change('edit');
    for (const kind of ['graph', 'weights', 'signature'] as const) {
      const [issue, ...rest] = findDrift(withDigests({ [kind]: other }), sampleLock());
      expect(rest).toEqual([]);
      expect(issue).toMatchObject({ rule: 'lock.edited', severity: 'error', where: 'mlserve.lock' });
      expect(issue?.message).toContain(`digests.${kind} of the model "a"`);
    }
    const lockOf = (edit: Partial<LockedModel>) => found(sampleLock(), withModel(edit));
    expect(lockOf({ files: [{ ...file, digest: other }, data] })).toEqual(['lock.edited mlserve.lock']);
    expect(lockOf({ files: [{ ...file, bytes: 11 }, data] })).toEqual(['lock.edited mlserve.lock']);
    expect(lockOf({ signature: sampleModel('a').signature })).toEqual([]);
    expect(lockOf({ signature: { ...sampleModel('a').signature, outputs: [] } })).toEqual(['lock.edited mlserve.lock']);
  });

  it('names data files that changed, came or went', () => {
    const [file] = sampleModel('a').files;
    if (file === undefined) throw new Error('the sample has files');
    const data = { path: 'sub/other.data', bytes: 1, digest: change('data') };
    expect(found(withModel({ files: [file, { ...data, path: 'a.data' }] }))).toEqual(['lock.data-file models/a.data']);
    expect(found(withModel({ files: [file, data] }))).toEqual([
      'lock.data-file models/a.data',
      'lock.data-file models/sub/other.data',
    ]);
  });

  it('sees features, versions, the runtime, paths and names', () => {
    expect(found(withModel({ schema: change('schema') }))).toEqual(['lock.schema mlserve.yaml']);
    expect(found(withModel({ version: '2.0.0' }))).toEqual(['lock.version mlserve.yaml']);
    expect(found(withModel({ path: 'models/c.onnx' }))).toEqual(['lock.path models/c.onnx']);
    const lock = sampleLock();
    expect(found({ ...lock, runtime: { name: 'onnxruntime-node', version: '1.31.0' } })).toEqual([
      'lock.runtime onnxruntime-node',
    ]);
    expect(found({ ...lock, service: { name: 'scam', version: '1.0.0' } })).toEqual(['lock.service mlserve.yaml']);
  });

  it('reports a version once when the models follow the service', () => {
    const lock = sampleLock();
    const models = lock.models.map((model) => ({ ...model, version: '1.1.0' }));
    const next = { ...lock, service: { name: 'fraud', version: '1.1.0' }, models };
    expect(findDrift(lock, next).map(({ message }) => message)).toEqual([
      'the version of the service changed from 1.0.0 to 1.1.0',
    ]);
  });

  it('sees models that are missing from the lock, or only there', () => {
    const lock = sampleLock();
    const renamed = { ...lock, models: [sampleModel('a'), sampleModel('c')] };
    expect(found(renamed)).toEqual(['lock.extra models/b.onnx', 'lock.missing models/c.onnx']);
  });

  it('says with every finding how to accept it', () => {
    const issues = findDrift(sampleLock(), withDigests({ model: change('bytes') }));
    expect(issues[0]).toEqual({
      rule: 'lock.bytes',
      severity: 'error',
      where: 'models/a.onnx',
      message: expect.stringMatching(/bytes of the model changed.*\(sha256:[0-9a-f]{12} → sha256:[0-9a-f]{12}\)$/),
      hint: expect.stringContaining('mlserve lock'),
    });
  });
});
