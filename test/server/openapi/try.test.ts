import { writeFileSync } from 'node:fs';
import { it } from 'vitest';
import { openApiDocument } from '../../../src/server/openapi/document.ts';
import { ROUTES } from '../../../src/server/routes.ts';
import { compileFeatures } from '../../../src/service/compile-features.ts';
import { compileOutputs } from '../../../src/service/compile-outputs.ts';
import { jsonText } from '../../../src/service/rows/write-json.ts';
import { columns, signature, tensor } from '../../support/service-builders.ts';
import { LIMITS } from '../support.ts';

it('x', () => {
  const sig = signature(
    [tensor('x', 'float32', ['N', 3])],
    [tensor('label', 'int64', ['N']), tensor('p', 'float32', ['N', 2])],
  );
  const features = {
    onUnknownColumn: 'reject',
    columns: columns(
      { name: 'amount', type: 'number', min: 0, unit: 'EUR' },
      { name: 'age', type: 'integer', min: 0, max: 130, onMissing: { impute: 41 } },
      {
        name: 'country',
        type: 'category',
        values: new Map([
          ['FR', 0],
          ['US', 1],
        ]),
      },
    ),
  } as const;
  const outputs = [
    { name: 'fraud', from: 'label', labels: undefined, argmax: false },
    { name: 'score', from: 'p', labels: ['legit', 'fraud'], argmax: false },
  ];
  const d = `sha256:${'ab'.repeat(32)}` as const;
  const m = {
    spec: { name: 'fraud', version: '1.4.0', path: 'x', features, outputs, examples: [] },
    fingerprint: { model: d, graph: d, weights: d, signature: d },
    signature: sig,
    features: compileFeatures(features, sig),
    outputs: compileOutputs(outputs, sig),
  };
  const doc = openApiDocument({
    spec: { name: 'fraud', version: '1.4.0', limits: LIMITS },
    models: [m],
    routes: ROUTES,
  });
  writeFileSync('/tmp/oa/doc.json', jsonText(doc));
});
