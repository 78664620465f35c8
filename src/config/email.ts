import { z } from 'zod';
import type { Secret } from '../util/secret.ts';
import { text } from '../util/scalars.ts';
import type { ReadContext } from './context.ts';
import { isLoopback } from './network.ts';
import { id, path } from './scalars.ts';
import { secret } from './secrets.ts';

export interface EmailConfig {
  readonly id: string;
  readonly type: 'email';
  readonly host: string;
  readonly port: number;
  /** `none` only to this machine itself. */
  readonly tls: 'starttls' | 'implicit' | 'none';
  readonly login: { readonly username: string; readonly password: Secret } | null;
  /** Absolute path of a certificate authority to trust besides the system's; null means none. */
  readonly ca: string | null;
  readonly from: string;
  readonly to: readonly string[];
}

export function emailSchema(context: ReadContext) {
  return z
    .strictObject({
      id: id('Name of the receiver.'),
      type: z.literal('email'),
      host: z
        .string()
        .regex(HOST, { error: 'must be a host name or an address' })
        .meta({ description: 'Mail server.' }),
      port: z
        .int()
        .min(1)
        .max(65_535)
        .meta({ description: '587 for starttls, 465 for implicit, 25 for none, where not given.' })
        .optional(),
      tls: z
        .enum(['starttls', 'implicit', 'none'])
        .meta({ description: '`none` only to this machine itself.' })
        .prefault('starttls'),
      username: text('Login at the mail server.').optional(),
      password: secret(context, 'Password at the mail server.').optional(),
      ca: path(context, 'Certificate authority (PEM) to trust besides those of the system.').optional(),
      from: mailbox('Sender.'),
      to: z.array(mailbox('Recipient.')).min(1),
    })
    .refine((block) => block.tls !== 'none' || isLoopback(block.host), {
      error: 'must be starttls or implicit: `none` is only for a server on this machine',
      path: ['tls'],
    })
    .refine((block) => (block.username === undefined) === (block.password === undefined), {
      error: 'must be given together with `password`, or neither',
      path: ['username'],
    })
    .transform(({ username, password, ca, port, ...block }): EmailConfig => {
      const login = username === undefined || password === undefined ? null : { username, password };
      return { ...block, port: port ?? PORTS[block.tls], login, ca: ca ?? null };
    });
}

const PORTS = { starttls: 587, implicit: 465, none: 25 } as const;

/** Names of RFC 1123, or an address. */
const HOST = /^(?:(?!-)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,20}\.?|[0-9A-Fa-f:.]{2,45})$/;

/** One mailbox without display name: no spaces and no line breaks, so that no header can be added. */
function mailbox(description: string) {
  return z
    .string()
    .regex(/^[^\s@<>,;:"()[\]\\]{1,64}@[A-Za-z0-9.-]{1,253}$/, {
      error: 'must be a mail address such as soc@example.org',
    })
    .meta({ description });
}
