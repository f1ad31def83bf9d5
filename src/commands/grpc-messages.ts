/** Tensors for a model → the message of a gRPC request; the message of an answer → its tensors. */
import { InferError, type InferRequest } from '../engine/engine.ts';
import { protocolName } from '../model/element-type.ts';
import { tensorsOf } from '../model/signature.ts';
import { elementCount, type Tensors } from '../model/tensor.ts';
import { readBinary } from '../server/binary/read-binary.ts';
import { writeBinary } from '../server/binary/write-binary.ts';
import type { ServedModel } from '../server/contract.ts';
import type { InferResponse } from '../server/grpc/infer-response.ts';
import { tensorPlan } from '../server/model-entry.ts';

export function inferMessage({ spec }: ServedModel, { inputs, outputs = [] }: InferRequest): object {
  const tensors = [...inputs];
  return {
    model_name: spec.name,
    model_version: spec.version,
    inputs: tensors.map(([name, { type, dims }]) => ({ name, datatype: protocolName(type), shape: dims })),
    outputs: outputs.map((name) => ({ name })),
    raw_input_contents: tensors.map(([, tensor]) => writeBinary(tensor)),
  };
}

/** Throws for tensors that the model does not have, and data that are not of their type. */
export function readTensors(
  { signature, spec }: ServedModel,
  { outputs, raw_output_contents: raw }: InferResponse,
): Tensors {
  const plans = new Map(tensorsOf(signature.outputs).map((value) => [value.name, value]));
  return new Map(
    outputs.map(({ name, shape }, at) => {
      const plan = plans.get(name);
      if (plan === undefined) throw new InferError('cancelled', `the service answers the unknown output "${name}"`);
      const dims = shape.map(Number);
      const { type } = tensorPlan(plan);
      const data = readBinary(tensorPlan(plan), elementCount(dims), raw[at] ?? new Uint8Array(0), spec.name);
      return [name, { type, dims, data }];
    }),
  );
}
