import { describe, expect, it } from 'vitest';
import { checkFeatures } from '../../src/service/check-features.ts';
import { loadService } from '../../src/service/load-service.ts';
import { placeIssues } from '../../src/service/place-issues.ts';
import { signature, tensor } from '../support/service-builders.ts';

const TEXT = `apiVersion: mlserve.dev/v1
name: fraud
version: 1.0.0
models:
  - {name: other, path: other.onnx}
  - name: fraud
    path: fraud.onnx
    features:
      input: x
      columns:
        - {name: amount, type: string}
        - name: "a, b"
          type: integer
          input: y
        - {name: age, type: integer, onMissing: {impute: 300}}
    outputs:
      - {name: score, from: probabilities}
      - name: label
        from: label
        labels: [no]
`;

/** Each finding with the text of the file from its place on, to the end of the value. */
function placed(sig: Parameters<typeof checkFeatures>[1]): readonly (readonly [string, string, string])[] {
  const { spec, locate } = loadService({ text: TEXT, file: 'mlserve.yaml', env: {}, flags: {} });
  const model = spec.models[1] ?? expect.unreachable('there are two');
  return placeIssues(checkFeatures(model, sig), model, 1, locate).map(({ rule, where, message }) => {
    const [, line = 0, column = 0] = /^mlserve\.yaml:(\d+):(\d+)$/.exec(where) ?? [];
    const rest = (TEXT.split('\n')[Number(line) - 1] ?? '').slice(Number(column) - 1);
    return [rule, rest, message.split(': ')[0] ?? ''];
  });
}

describe('findings about features and outputs', () => {
  it('stand at the key that is wrong, of the model that is meant, and name what they are about', () => {
    const sig = signature([tensor('x', 'uint8', ['N', 2])], [tensor('label', 'int64', ['N', 2])]);
    expect(placed(sig)).toEqual([
      ['features.unknown-input', 'y', 'column "a, b"'],
      ['features.type-mismatch', 'string}', 'column "amount"'],
      ['features.impute-misfit', '{impute: 300}}', 'column "age"'],
      ['outputs.unknown-output', 'probabilities}', 'output "score"'],
      ['outputs.label-count', '[no]', 'output "label"'],
    ]);
  });

  it('stand at the columns where they are about an input', () => {
    const sig = signature([tensor('x', 'string', ['N', 5]), tensor('z', 'float32', ['N', 1])]);
    const about = placed(sig).filter(([, , what]) => what.startsWith('input'));
    expect(about).toEqual([
      ['features.too-few-columns', '- {name: amount, type: string}', 'input "x"'],
      ['features.uncovered-input', '- {name: amount, type: string}', 'input "z"'],
    ]);
  });
});
