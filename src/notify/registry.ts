import type { NotifyContext } from './context.ts';
import type { EmailOptions } from './email/email.ts';
import type { FileOptions } from './file/file.ts';
import type { Notifier } from './notifier.ts';
import type { WebhookOptions } from './webhook/webhook.ts';

/** Options of a notifier with its type. */
export type NotifierOptions =
  | (EmailOptions & { readonly type: 'email' })
  | (WebhookOptions & { readonly type: 'webhook' })
  | (FileOptions & { readonly type: 'file' });

type Create<T> = (options: T, context: NotifyContext) => Promise<Notifier>;

/** One line per folder. Loaded on use: a mailer costs 40 ms of start-up that a command without mail need not pay. */
export const NOTIFIERS: {
  readonly [T in NotifierOptions['type']]: Create<Extract<NotifierOptions, { type: T }>>;
} = {
  email: async (options, context) => (await import('./email/email.ts')).createEmail(options, context),
  webhook: async (options, context) => (await import('./webhook/webhook.ts')).createWebhook(options, context),
  file: async (options, context) => (await import('./file/file.ts')).createFile(options, context),
};

/**
 * Creates the notifier of a receiver.
 * @throws Error where its options could never deliver safely
 */
export async function createNotifier(options: NotifierOptions, context: NotifyContext): Promise<Notifier> {
  if (options.type === 'email') return await NOTIFIERS.email(options, context);
  if (options.type === 'webhook') return await NOTIFIERS.webhook(options, context);
  return await NOTIFIERS.file(options, context);
}
