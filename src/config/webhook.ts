import { z } from 'zod';
import type { Secret } from '../util/secret.ts';
import type { ReadContext } from './context.ts';
import { isLoopback, isPrivate } from './network.ts';
import { id } from './scalars.ts';
import { secret } from './secrets.ts';

export interface WebhookConfig {
  readonly id: string;
  readonly type: 'webhook';
  readonly url: string;
  /** Signs the body. */
  readonly secret: Secret;
  /** True allows addresses of private networks and of this machine. */
  readonly allowPrivate: boolean;
}

export function webhookSchema(context: ReadContext) {
  return z
    .strictObject({
      id: id('Name of the receiver.'),
      type: z.literal('webhook'),
      url: z.string().superRefine(checkUrl).meta({ description: 'https address that alerts are posted to.' }),
      secret: secret(context, 'Key that signs the alerts (Standard Webhooks).').refine(isSigningKey, {
        error: 'names a value that is no key: base64 of at least 16 bytes, optionally after whsec_',
      }),
      allow_private: z
        .boolean()
        .meta({ description: 'Allow addresses of private networks and of this machine.' })
        .prefault(false),
    })
    .refine((block) => block.allow_private || !isPrivateUrl(block.url), {
      error: 'must be true: the address of `url` lies in a private network or on this machine',
      path: ['allow_private'],
    })
    .transform(({ allow_private: allowPrivate, ...block }): WebhookConfig => ({ ...block, allowPrivate }));
}

/** 16 bytes are 22 characters and padding. Standard Webhooks advises 24 to 64 bytes. */
function isSigningKey(key: Secret): boolean {
  const base64 = key.reveal().replace(/^whsec_/, '');
  return /^[A-Za-z0-9+/]{22,}={0,2}$/.test(base64) && base64.length % 4 === 0;
}

function checkUrl(value: string, context: z.RefinementCtx): void {
  const url = URL.canParse(value) ? new URL(value) : null;
  const problem =
    url === null ? 'must be a complete address such as https://alerts.example.org/hook' : findProblem(url);
  if (problem !== null) context.addIssue({ code: 'custom', message: problem });
}

function findProblem(url: URL): string | null {
  if (url.username !== '' || url.password !== '') return 'must not hold a name or password';
  if (url.hash !== '') return 'must not hold a fragment (#)';
  if (url.protocol === 'https:') return null;
  if (url.protocol === 'http:' && isLoopback(hostOf(url))) return null;
  return 'must begin with https:// (http:// only to this machine itself)';
}

function isPrivateUrl(value: string): boolean {
  return URL.canParse(value) && isPrivate(hostOf(new URL(value)));
}

/** Without the brackets of IPv6. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[/, '').replace(/\]$/, '');
}
