import type { IncomingMessage } from 'node:http';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Guard } from './address.ts';
import { AddressRefused, hostOf } from './address.ts';

export interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
}

export interface Posting {
  readonly url: URL;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly guard: Guard;
  readonly signal: AbortSignal;
}

/** Posts once on a connection of its own. The body of the answer is not read: it may be endless, and says nothing. */
export function post(posting: Posting): Promise<Answer> {
  const { url, body, guard, signal } = posting;
  if (guard.refusal(hostOf(url)) !== null) return Promise.reject(new AddressRefused());
  const bytes = Buffer.from(body);
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const request = send(url, {
      method: 'POST',
      agent: false,
      lookup: guard.lookup,
      maxHeaderSize: 16_384,
      signal,
      headers: {
        'content-type': 'application/json',
        'content-length': bytes.length,
        'user-agent': 'offrecord',
        ...posting.headers,
      },
    });
    const finish = (response: IncomingMessage): void => {
      resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] ?? null });
      response.destroy();
    };
    request.once('response', finish);
    // 101: a receiver that switches protocols has not taken the alert.
    request.once('upgrade', finish);
    request.on('error', reject);
    request.end(bytes);
  });
}
