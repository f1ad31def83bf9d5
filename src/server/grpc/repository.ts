/** The model repository over gRPC, in both dialects of its messages: which models there are, and loading and unloading them. */
import { findModel } from '../model-table.ts';
import { Refusal } from '../refusal.ts';
import { changeModel, controlOf, type ModelChange, repositoryIndex } from '../repository.ts';
import type { Service } from '../service.ts';
import type { Attempt } from './attempt.ts';

interface IndexRequest {
  readonly repository_name: string;
  readonly ready: boolean;
}

/** Of loading and unloading alike. */
interface ChangeRequest {
  readonly repository_name: string;
  readonly model_name: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

export function index(service: Service, { call }: Attempt): object {
  const { repository_name, ready } = call.decode() as IndexRequest;
  refuseRepository(repository_name);
  return { models: repositoryIndex(service, ready) };
}

export async function load(service: Service, attempt: Attempt): Promise<object> {
  return { model_name: await change(service, attempt, 'load'), isLoaded: true };
}

export async function unload(service: Service, attempt: Attempt): Promise<object> {
  return { model_name: await change(service, attempt, 'unload'), isUnloaded: true };
}

async function change(service: Service, attempt: Attempt, verb: ModelChange['verb']): Promise<string> {
  const control = controlOf(service);
  const { repository_name, model_name, parameters } = attempt.call.decode() as ChangeRequest;
  // Who fills in the second field means the first as a repository; who does not know the second names the model in the first.
  if (model_name !== '') refuseRepository(repository_name);
  const name = model_name === '' ? repository_name : model_name;
  await changeModel(control, { verb, name, parameters: Object.keys(parameters) });
  const entry = findModel(service.models(), name);
  if (entry !== undefined) attempt.about(entry);
  return name;
}

function refuseRepository(name: string): void {
  if (name !== '') throw new Refusal(501, "'repository_name' specification is not supported: there is one repository");
}
