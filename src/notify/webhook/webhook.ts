import { lookup } from 'node:dns';
import { connect } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { Alert } from '../../model/alert.ts';
import type { NotifyContext, SecretValue } from '../context.ts';
import { bounded, codeOf } from '../context.ts';
import type { Delivery, Notifier } from '../notifier.ts';
import type { Guard, Resolve } from './address.ts';
import { AddressRefused, createPolicy, guardedLookup, hostOf, isLoopbackHost } from './address.ts';
import { toBody } from './body.ts';
import { classifyAnswer } from './classify.ts';
import { post } from './post.ts';

export interface WebhookOptions {
  readonly id: string;
  /** May hold a token in its path: it appears in no reason and no log. */
  readonly url: string;
  /** Key of the signature: `whsec_` and base64 (Standard Webhooks). */
  readonly secret: SecretValue;
  /** True allows addresses of private networks and of this machine. */
  readonly allowPrivate: boolean;
}

/** Ms: Standard Webhooks advises 15 to 30 s. */
const TIMEOUT_MS = 20_000;

/**
 * Posts an alert as a Standard Webhook: `webhook-id` is the alert's id and the same on every attempt, the signature
 * is made anew. Only the status of the answer counts; redirects are not followed, because the signed alert would
 * go where nobody has configured it.
 * @param resolve finds addresses; for tests
 * @throws Error where the options could never deliver safely
 */
export function createWebhook(
  options: WebhookOptions,
  context: NotifyContext,
  resolve: Resolve = lookup,
): Notifier {
  const url = verifyOptions(options);
  const timeoutMs = context.timeoutMs ?? TIMEOUT_MS;
  const guard = guardedLookup(createPolicy(url, options.allowPrivate), resolve);
  return {
    type: 'webhook',
    check: async (signal) => await probe(url, guard, bounded(signal, timeoutMs)),
    notify: async (alert, signal) => {
      try {
        const body = toBody(alert);
        const headers = sign(alert, body, options.secret, context.now());
        const answer = await post({ url, body, headers, guard, signal: bounded(signal, timeoutMs) });
        return classifyAnswer(answer, context.now());
      } catch (error) {
        return classifyFailure(error, signal);
      }
    },
    close: async () => {},
  };
}

function verifyOptions(options: WebhookOptions): URL {
  // The error of the URL parser would quote the URL.
  if (!URL.canParse(options.url)) throw new Error(`receiver ${options.id}: the address is not a URL`);
  const url = new URL(options.url);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopbackHost(hostOf(url)))) {
    throw new Error(`receiver ${options.id}: alerts leave this machine by https only`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new Error(`receiver ${options.id}: a login in the address would end up in logs on the way`);
  }
  if (!isKey(options.secret)) {
    throw new Error(`receiver ${options.id}: the secret must be base64, optionally after whsec_`);
  }
  return url;
}

/** The library's own error could quote the key. */
function isKey(secret: SecretValue): boolean {
  try {
    return new Webhook(secret.reveal()) instanceof Webhook;
  } catch {
    return false;
  }
}

function sign(
  alert: Alert,
  body: string,
  secret: SecretValue,
  nowMs: number,
): Readonly<Record<string, string>> {
  const now = new Date(nowMs);
  return {
    'webhook-id': alert.id,
    'webhook-timestamp': String(Math.floor(nowMs / 1000)),
    'webhook-signature': new Webhook(secret.reveal()).sign(alert.id, now, body),
  };
}

function classifyFailure(error: unknown, signal: AbortSignal): Delivery {
  if (signal.aborted) return { state: 'retry', reason: 'stopped before the receiver had answered' };
  return { state: 'retry', reason: `the receiver was not reached: ${why(error)}` };
}

function why(error: unknown): string {
  if (error instanceof AddressRefused) return error.message;
  if (error instanceof Error && error.name === 'AbortError') return 'no answer in time';
  return codeOf(error);
}

/** Problems of the way to the receiver, found by connecting and saying nothing. */
function probe(url: URL, guard: Guard, signal: AbortSignal): Promise<readonly string[]> {
  const host = hostOf(url);
  const refused = guard.refusal(host);
  if (refused !== null) return Promise.resolve([`the receiver is not used: ${refused}`]);
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  return new Promise((settle) => {
    const socket = connect({ host, port, lookup: guard.lookup, signal });
    const finish = (problems: readonly string[]): void => {
      socket.destroy();
      settle(problems);
    };
    socket.once('connect', () => finish([]));
    socket.on('error', (error) => finish([`the receiver was not reached: ${why(error)}`]));
  });
}
