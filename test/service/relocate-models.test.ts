import { describe, expect, it } from 'vitest';
import { loadService } from '../../src/service/load-service.ts';
import { relocateModels } from '../../src/service/relocate-models.ts';

const TEXT = `# A comment.
apiVersion: mlserve.dev/v1
name: fraud
version: "1.0.0"
models:
  - &first
    name: main
    path: models/a.onnx
    outputs: [{name: label, labels: ["0", "NO", "1e5"]}]
  - {name: second, path: models/b.onnx, outputs: [{name: y}]}
`;
const spec = (text: string) => loadService({ text, file: 'mlserve.yaml', env: {}, flags: {} });

describe('a configuration with other paths of its models', () => {
  it('says the same of everything else', () => {
    const moved = spec(relocateModels(TEXT, ['main/1/a.onnx', 'second/1/b.onnx']));
    const before = spec(TEXT);
    expect(moved.issues).toEqual([]);
    expect(moved.spec.models.map(({ path }) => path)).toEqual(['main/1/a.onnx', 'second/1/b.onnx']);
    const without = ({ spec: { models, ...rest } }: typeof moved) => ({
      ...rest,
      models: models.map((model) => ({ ...model, path: '' })),
    });
    expect(without(moved)).toEqual(without(before));
  });

  it('is the same text for a file with the line ends of Windows', () => {
    expect(relocateModels(TEXT.replaceAll('\n', '\r\n'), ['a', 'b'])).toBe(relocateModels(TEXT, ['a', 'b']));
  });

  it('gives each model its own path also where one stands for both', () => {
    const shared = TEXT.replace(
      '- {name: second, path: models/b.onnx, outputs: [{name: y}]}',
      '- {name: second, path: *p}',
    ).replace('path: models/a.onnx', 'path: &p models/a.onnx');
    const paths = spec(relocateModels(shared, ['x/a.onnx', 'y/a.onnx'])).spec.models.map(({ path }) => path);
    expect(paths).toEqual(['x/a.onnx', 'y/a.onnx']);
  });
});
