/** A port of this machine × a path → the status of a GET, whatever the certificate says; undefined when nobody answers. */
import { request } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Inside } from '../ports.ts';

const STATUS_MS = 4000;

export const askStatus: Inside['status'] = ({ port, isTls, path }) => {
  const options = { host: '127.0.0.1', port, path, timeout: STATUS_MS, rejectUnauthorized: false };
  return new Promise((resolve) => {
    const asked = (isTls ? httpsRequest : request)(options, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on('timeout', () => asked.destroy()).on('error', () => resolve(undefined));
    asked.end();
  });
};
