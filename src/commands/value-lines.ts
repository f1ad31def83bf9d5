/** Inputs or outputs of a model → aligned lines: name, type, shape. Pure. */
import { plain } from '../model/rules/quote.ts';
import type { TensorValue, ValueSpec } from '../model/signature.ts';
import { textTable } from './text-table.ts';

export function valueLines(specs: readonly ValueSpec[]): readonly string[] {
  return textTable(
    specs.map((spec) => [
      plain(spec.name, 80),
      ...(spec.kind === 'tensor' ? [spec.elementType, shape(spec)] : [spec.description]),
    ]),
  );
}

function shape({ shape }: TensorValue): string {
  if (shape === null) return 'any shape';
  return shape.length === 0
    ? 'scalar'
    : `[${shape.map((dim) => (typeof dim === 'string' ? plain(dim, 40) : (dim ?? '?'))).join(', ')}]`;
}
