/** The URL of a service as somebody gives it → the same without what is after its path, and without a `/` at its end. Pure. */
import { MlserveError } from '../errors.ts';

/** Without a password that may be in it. Throws USAGE. */
export function baseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  const hint = 'give one like http://127.0.0.1:8080';
  throw new MlserveError('USAGE', `${JSON.stringify(text)} is no URL of http or https`, { hint });
}
