/** The signature of a model → the schemas of its Open Inference Protocol V2 request and response. */
import { isServable, protocolName } from '../../model/element-type.ts';
import { type Signature, type TensorValue, tensorsOf } from '../../model/signature.ts';
import { answeredElement, anyOf, arrayOf, elementSchema, nestedArrays, objectOf, type Schema } from './schema.ts';

/** Values that are strings, numbers or booleans; which ones mean something is for docs/protocol.md to say. */
const PARAMETERS: Schema = { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean'] } };

export function inferRequest(signature: Signature): Schema {
  const inputs = servable(signature.inputs);
  const outputs = servable(signature.outputs).map(({ name }): Schema => ({ const: name }));
  const count = { min: inputs.length, max: inputs.length };
  return objectOf(
    {
      id: { type: 'string', description: 'Comes back in the response.' },
      parameters: PARAMETERS,
      inputs: arrayOf(anyOf(inputs.map(inputSchema)), count),
      outputs: {
        ...arrayOf(objectOf({ name: anyOf(outputs), parameters: PARAMETERS }, ['parameters'])),
        description: 'The outputs wanted, in this order; all of them when absent.',
      },
    },
    ['id', 'parameters', 'outputs'],
  );
}

export function inferResponse(name: string, version: string, signature: Signature): Schema {
  return objectOf(
    {
      id: { type: 'string' },
      model_name: { const: name },
      model_version: { const: version },
      outputs: arrayOf(anyOf(servable(signature.outputs).map(outputSchema))),
    },
    ['id'],
  );
}

function servable(values: Signature['inputs']): readonly TensorValue[] {
  return tensorsOf(values).filter(({ elementType }) => isServable(elementType));
}

function inputSchema(input: TensorValue): Schema {
  const element = isServable(input.elementType) ? elementSchema(input.elementType) : {};
  return objectOf(
    {
      name: { const: input.name },
      datatype: datatypeSchema(input.elementType),
      shape: shapeSchema(input.shape),
      parameters: PARAMETERS,
      data: dataSchema(element, input.shape),
    },
    ['parameters'],
  );
}

/** The elements in a row, or in arrays nested as the shape says. */
function dataSchema(element: Schema, shape: TensorValue['shape']): Schema {
  if (shape === null) return arrayOf({ anyOf: [element, { type: 'array' }] });
  return anyOf([arrayOf(element), ...(shape.length > 1 ? [nestedArrays(element, shape)] : [])]);
}

/** Its elements or, where the request asks for that, its classes; each as JSON or as bytes. */
function outputSchema({ name, elementType }: TensorValue): Schema {
  const parameters = objectOf({ binary_data_size: { type: 'integer', minimum: 0 } });
  const forms = [
    { title: 'Elements', datatype: datatypeSchema(elementType), data: arrayOf(answeredElement(elementType)) },
    { title: 'Classes', datatype: { const: 'BYTES' }, data: arrayOf({ type: 'string' }) },
  ].slice(0, UNCLASSED.includes(elementType) ? 1 : 2);
  return anyOf(
    forms.flatMap(({ title, datatype, data }) => {
      const head = { name: { const: name }, datatype, shape: arrayOf({ type: 'integer', minimum: 0 }) };
      return [
        { title, ...objectOf({ ...head, data }) },
        { title: `${title} as bytes after the JSON`, ...objectOf({ ...head, parameters }) },
      ];
    }),
  );
}

/** Types of which the classification extension makes no classes. */
const UNCLASSED: readonly TensorValue['elementType'][] = ['float16', 'bool', 'string'];

function datatypeSchema(type: TensorValue['elementType']): Schema {
  return isServable(type) ? { const: protocolName(type) } : {};
}

function shapeSchema(shape: TensorValue['shape']): Schema {
  const size: Schema = { type: 'integer', minimum: 0 };
  if (shape === null) return arrayOf(size);
  const sizes = shape.map((dim): Schema => (typeof dim === 'number' && dim >= 0 ? { const: dim } : size));
  return { type: 'array', prefixItems: sizes, minItems: shape.length, maxItems: shape.length };
}
