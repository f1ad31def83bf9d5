/** Two shapes → how they relate: whether every tensor of the one is a tensor of the other. */
import type { Dimension, TensorValue } from '../model/signature.ts';

/** `renamed`: the same sizes, symbolic dimensions called otherwise. `other`: neither holds the other. */
export type ShapeRelation = 'same' | 'renamed' | 'wider' | 'narrower' | 'other';

type Shape = TensorValue['shape'];

/** Of `is` seen from `was`: `wider` takes everything that `was` took, and more. */
export function relateShapes(was: Shape, is: Shape): ShapeRelation {
  if (was === null || is === null) return was === is ? 'same' : is === null ? 'wider' : 'narrower';
  if (was.length !== is.length) return 'other';
  const found = new Set(was.map((dim, at) => relateDimensions(dim, is[at] ?? null)));
  if (found.has('other') || (found.has('wider') && found.has('narrower'))) return 'other';
  return (['wider', 'narrower', 'renamed'] as const).find((relation) => found.has(relation)) ?? 'same';
}

function relateDimensions(was: Dimension, is: Dimension): ShapeRelation {
  if (was === is) return 'same';
  const [wasFixed, isFixed] = [typeof was === 'number', typeof is === 'number'];
  if (wasFixed && isFixed) return 'other';
  if (wasFixed !== isFixed) return wasFixed ? 'wider' : 'narrower';
  return 'renamed';
}

/** `[batch, 16]`; unknown sizes as `?`. */
export function shapeText(shape: Shape): string {
  if (shape === null) return 'of any shape';
  return shape.length === 0 ? 'scalar' : `[${shape.map((dim) => dim ?? '?').join(', ')}]`;
}
