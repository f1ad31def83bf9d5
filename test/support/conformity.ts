/** An OpenAPI document × an exchange → everything in which the response is not what the document says. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

export interface Exchange {
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

type Json = { readonly [name: string]: unknown };

/** What HTTP itself puts there, which no document lists. */
const TRANSPORT = [
  ...['connection', 'keep-alive', 'date', 'content-length', 'content-type', 'transfer-encoding'],
  ...['content-encoding', 'vary'],
];
/** Of pages of other origins, whatever they ask for. */
const CORS = /^access-control-/;
const BYTES = 'application/octet-stream';
/** The client has gone: nobody receives this. */
const UNRECEIVED = 499;

export class Conformity {
  readonly #document: Json;
  readonly #ajv = new Ajv2020({
    strict: true,
    strictTypes: false,
    strictRequired: false,
    strictTuples: false,
    allErrors: true,
    validateFormats: false,
  });
  readonly #validators = new Map<string, ValidateFunction>();

  constructor(document: object) {
    // A member that the document does not name may be an oversight, so none is let through here.
    this.#document = closed(document) as Json;
    // The members around the schemas are keywords to ajv.
    this.#ajv.addVocabulary(Object.keys(document)).addSchema(this.#document, 'document');
  }

  /** Empty when the response is as described. */
  problems(exchange: Exchange): readonly string[] {
    const { method, status, target } = exchange;
    if (status === UNRECEIVED || isPreflight(exchange)) return [];
    const path = this.#pathOf(target);
    if (path === undefined) {
      const known =
        status === 404 || isTransport(status)
          ? []
          : [`${target} is no path of the document, and the status is ${status}`];
      return [...known, ...this.#content(exchange, '#/components/schemas/Error')];
    }
    const item = this.#at(`#/paths/${step(path)}`) as Json;
    const verb = method === 'HEAD' ? 'get' : method.toLowerCase();
    if (!(verb in item)) {
      const [other = ''] = Object.keys(item);
      const allow = lowered(exchange.headers).allow === undefined ? ['there is no Allow'] : [];
      const expected =
        status === 405 || isTransport(status) ? allow : [`the path has no ${method}, and the status is ${status}`];
      return [...expected, ...this.#answer(exchange, `#/paths/${step(path)}/${other}/responses/400`, ['allow'])];
    }
    const responses = `#/paths/${step(path)}/${verb}/responses`;
    if (!(String(status) in (this.#at(responses) as Json)))
      return [`${method} ${path} does not list the status ${status}`];
    return this.#answer(exchange, `${responses}/${status}`, []);
  }

  /** Whether the model whose identity is in the headers is one of the document's. */
  tellsOf(headers: Exchange['headers']): boolean {
    const sent = lowered(headers);
    const row = `| ${sent['x-model-name']} | ${sent['x-model-version']} | \`${sent['x-model-digest']}\` |`;
    return String((this.#document.info as Json).description).includes(row);
  }

  /** Whether the document says that a body may be sent to a route. */
  requestProblems(method: string, path: string, body: unknown): readonly string[] {
    const pointer = `#/paths/${step(path)}/${method.toLowerCase()}/requestBody/content/${step('application/json')}/schema`;
    return this.#validate(pointer, body);
  }

  #answer(exchange: Exchange, pointer: string, also: readonly string[]): readonly string[] {
    const where = this.#deref(pointer);
    const { content = {}, headers = {} } = this.#at(where) as { content?: Json; headers?: Json };
    const type = (lowered(exchange.headers)['content-type'] ?? '').split(';')[0] ?? '';
    const schema = (of: string): string => this.#ofModel(`${where}/content/${step(of)}/schema`, exchange.headers);
    const body = Object.hasOwn(content, type)
      ? type === BYTES
        ? this.#validate(schema('application/json'), headOf(exchange))
        : this.#content(exchange, schema(type))
      : [`the type ${type} is not one of ${Object.keys(content).join(', ')}`];
    return [...this.#headers(exchange, where, headers, also), ...body];
  }

  /** Where a path means several models, the schema of the one that answered. */
  #ofModel(pointer: string, headers: Exchange['headers']): string {
    const { anyOf = [] } = this.#at(pointer) as { anyOf?: readonly { $ref?: string }[] };
    const sent = lowered(headers);
    const title = `${sent['x-model-name']} ${sent['x-model-version']}: `;
    const isOwn = ({ $ref }: { $ref?: string }) =>
      $ref !== undefined && String((this.#at($ref) as Json).title).startsWith(title);
    return anyOf.find(isOwn)?.$ref ?? pointer;
  }

  #headers(exchange: Exchange, where: string, described: Json, also: readonly string[]): readonly string[] {
    const sent = lowered(exchange.headers);
    const names = Object.keys(described).map((name) => name.toLowerCase());
    const strangers = Object.keys(sent).filter(
      (name) => ![...names, ...TRANSPORT, ...also].includes(name) && !CORS.test(name),
    );
    return [
      ...strangers.map((name) => `the header ${name} is not described`),
      ...Object.keys(described).flatMap((name) => {
        const pointer = this.#deref(`${where}/headers/${step(name)}`);
        const { required } = this.#at(pointer) as { required?: boolean };
        const value = sent[name.toLowerCase()];
        if (value === undefined) return required ? [`the header ${name} is missing`] : [];
        return this.#validate(`${pointer}/schema`, value).map((problem) => `header ${name}: ${problem}`);
      }),
    ];
  }

  #content({ method, headers, body }: Exchange, pointer: string): readonly string[] {
    if (method === 'HEAD') return [];
    const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
    return this.#validate(pointer, /json/.test(lowered(headers)['content-type'] ?? '') ? JSON.parse(text) : text);
  }

  #validate(pointer: string, value: unknown): readonly string[] {
    let validate = this.#validators.get(pointer);
    if (validate === undefined) {
      validate = this.#ajv.compile({ $ref: `document${pointer}` });
      this.#validators.set(pointer, validate);
    }
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `body${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  }

  #pathOf(target: string): string | undefined {
    // A target in absolute form (RFC 9112, 3.2.2) means the path in it.
    const path = (target.split('?')[0] ?? '').replace(/^https?:\/\/[^/]+(?=\/)/i, '');
    const paths = Object.keys(this.#document.paths as Json);
    if (paths.includes(path)) return path;
    const segments = decoded(path);
    if (segments === undefined) return undefined;
    return paths.find((template) => {
      if (!template.includes('{')) return false;
      const parts = template.split('/');
      // Where another path goes on with a verb after a colon, a colon is no part of a name.
      const any = paths.some((other) => other.startsWith(`${template}:`)) ? '[^:]+' : '.+';
      return (
        parts.length === segments.length && parts.every((part, at) => patternOf(part, any).test(segments[at] ?? ''))
      );
    });
  }

  #deref(pointer: string): string {
    const { $ref } = this.#at(pointer) as { $ref?: string };
    return $ref ?? pointer;
  }

  #at(pointer: string): unknown {
    const steps = pointer.split('/').slice(1);
    return steps.reduce<unknown>(
      (value, part) => (value as Json)[decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')],
      this.#document,
    );
  }
}

/** The JSON before the bytes of tensors. */
function headOf({ headers, body }: Exchange): unknown {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const length = Number(lowered(headers)['inference-header-content-length']);
  return JSON.parse(new TextDecoder().decode(bytes.subarray(0, length)));
}

/** A browser's question before a page of another origin asks; no document lists it. */
function isPreflight({ method, status, headers }: Exchange): boolean {
  return method === 'OPTIONS' && status < 300 && lowered(headers)['access-control-allow-methods'] !== undefined;
}

/** Answered before anybody looks at the path. */
function isTransport(status: number): boolean {
  return [400, 408, 413, 417, 431, 503].includes(status);
}

function step(name: string): string {
  return encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));
}

function patternOf(part: string, any: string): RegExp {
  const source = part.split(/\{\w+\}/).map((text) => text.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${source.join(any)}$`, 's');
}

function decoded(path: string): readonly string[] | undefined {
  try {
    return path.split('/').map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function lowered(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** Every schema of an object without the members it does not name, but for requests, whose other members are passed over. */
function closed(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((each) => closed(each));
  if (typeof value !== 'object' || value === null || key === 'examples' || /Request$/.test(key)) return value;
  const members = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, closed(member, name)]));
  const isOpen =
    members.type === 'object' && typeof members.properties === 'object' && !('additionalProperties' in members);
  return isOpen ? { ...members, additionalProperties: false } : members;
}
