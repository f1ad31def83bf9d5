import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { loadService } from '../../src/service/load-service.ts';
import { schemaDigest, schemaJson } from '../../src/service/schema-digest.ts';
import type { ModelSpec } from '../../src/service/spec.ts';

function modelOf(features: string): ModelSpec {
  const text = `apiVersion: mlserve.dev/v1\nname: a\nversion: 1.0.0\nmodels:\n  - {name: m, path: m.onnx${features}}\n`;
  const { spec, issues } = loadService({ text, file: 'm.yaml', env: {}, flags: {} });
  expect(issues).toEqual([]);
  return spec.models[0] as ModelSpec;
}

describe('the digest of what a model promises', () => {
  it('is the sha256 of the line that docs/lock.md describes', () => {
    const model = modelOf(
      ', features: {columns: [{name: c, type: category, values: {y: 2, x: 1}}]}, outputs: [{name: l, labels: [0, 1]}]',
    );
    const line =
      '{"features":{"columns":[{"input":"c","name":"c","onMissing":"reject","onUnknown":"reject","position":0,' +
      '"type":"category","values":{"x":1,"y":2}}],"onUnknownColumn":"reject"},' +
      '"outputs":[{"argmax":false,"from":"l","labels":["0","1"],"name":"l"}]}';
    expect(schemaJson(model)).toBe(line);
    expect(schemaDigest(model)).toBe(`sha256:${createHash('sha256').update(line).digest('hex')}`);
    expect(schemaJson(modelOf(''))).toBe('{"features":null,"outputs":[]}');
  });

  it('follows what is promised, not how it is written', () => {
    const digest = (features: string): string => schemaDigest(modelOf(features));
    const plain = digest(', features: {columns: [{name: a, type: string}]}');
    expect(digest(', features: {columns: [{type: string, name: a, input: a, maxLength: 10000}]}')).toBe(plain);
    expect(digest(', features: {columns: [{name: a, type: string, maxLength: 9}]}')).not.toBe(plain);
    expect(digest(', outputs: [{name: l, tolerance: exact}]')).toBe(digest(', outputs: [{name: l}]'));
  });
});
