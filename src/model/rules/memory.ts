/** Rule MSV022: the memory that the model's own shapes ask for, at the largest batch, against the limit. */
import type { Issue } from '../../issue.ts';
import { plural } from '../../plural.ts';
import { estimateMemory } from '../memory.ts';
import { nodePlace, type RuleContext } from './context.ts';
import { finding } from './table.ts';

export function checkMemory({ structure, facts, nodes, tensors }: RuleContext): readonly Issue[] {
  const estimate = estimateMemory({
    structure,
    nodes: nodes.map((each) => each.node),
    tensors,
    source: facts.source,
    maxRows: facts.maxRows,
  });
  if (!(estimate.total > facts.memoryBytes)) return [];
  const { weights, inputs, outputs, generated, largest, total } = estimate;
  const parts = `weights ${size(weights)}, inputs ${size(inputs)}, outputs ${size(outputs)}, generated inside ${size(generated)}`;
  const message = `needs at least ${size(total)} for ${plural(facts.maxRows, 'row')} (${parts}); the limit is ${size(facts.memoryBytes)}`;
  const where = largest !== undefined && largest.bytes > total / 2 ? nodePlace(facts, largest.node) : facts.file;
  return [finding('MSV022', where, message)];
}

function size(bytes: number): string {
  const mebibytes = bytes / 2 ** 20;
  return mebibytes < 1024 ? `${mebibytes.toFixed(1)} MiB` : `${(mebibytes / 1024).toFixed(1)} GiB`;
}
