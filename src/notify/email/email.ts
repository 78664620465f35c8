import { createTransport as createMailer } from 'nodemailer';
import { readFile } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';
import type { Alert } from '../../model/alert.ts';
import type { RenderedAlert } from '../../model/delivery.ts';
import type { NotifyContext, SecretValue } from '../context.ts';
import { bounded, codeOf } from '../context.ts';
import type { Notifier } from '../notifier.ts';
import { classifyError } from './classify.ts';
import { createRecipients } from './recipients.ts';

export interface EmailOptions {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  /** `none` only to this machine itself. */
  readonly tls: 'starttls' | 'implicit' | 'none';
  readonly login: { readonly username: string; readonly password: SecretValue } | null;
  /** Path of a certificate authority (PEM) to trust besides the system's. */
  readonly ca: string | null;
  readonly from: string;
  readonly to: readonly string[];
}

/**
 * Ms for one mail. The steps below sum up to more on a server that is slow at each of them; this bound cuts them.
 */
const TIMEOUT_MS = 60_000;
/** Ms for each of: resolving, connecting, greeting, silence inside the dialogue. */
const STEP_MS = 15_000;

/**
 * Sends an alert as one mail to all recipients. The Message-ID is made from the alert's id, so that a repeated
 * attempt after a lost answer is recognised as the same mail.
 * @throws Error where the options would send the alert over a network in the clear
 */
export function createEmail(options: EmailOptions, context: NotifyContext): Notifier {
  if (options.tls === 'none' && !isThisMachine(options.host)) {
    throw new Error(`receiver ${options.id}: mail without TLS is sent to this machine only`);
  }
  const timeoutMs = context.timeoutMs ?? TIMEOUT_MS;
  const recipients = createRecipients(options.to);
  return {
    type: 'email',
    check: async (signal) => {
      const problem = await findProblem(options, timeoutMs, bounded(signal, timeoutMs));
      return problem === null ? [] : [`mail server ${options.host}: ${problem}`];
    },
    notify: async (alert, signal) => {
      try {
        const to = recipients.left(alert.id);
        const message = { ...toMessage(alert, context.render(alert), options), to: [...to] };
        const sent = await withTransport(options, timeoutMs, (mail) =>
          mail.sendMail({ ...message, signal: bounded(signal, timeoutMs) }),
        );
        return recipients.settle(alert.id, sent);
      } catch (error) {
        return recipients.settleFailure(alert.id, classifyError(error, signal));
      }
    },
    close: async () => {},
  };
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

type Mail = ReturnType<typeof createTransport>;

/** A transport per attempt: no connection idles between alerts, and a renewed certificate authority counts at once. */
async function withTransport<T>(
  options: EmailOptions,
  timeoutMs: number,
  use: (mail: Mail) => Promise<T>,
): Promise<T> {
  const ca = options.ca === null ? null : await readFile(options.ca, 'utf8');
  const mail = createTransport(options, ca, Math.min(STEP_MS, timeoutMs));
  try {
    return await use(mail);
  } finally {
    mail.close();
  }
}

function createTransport(options: EmailOptions, ca: string | null, stepMs: number) {
  const login = options.login;
  return createMailer({
    host: options.host,
    port: options.port,
    secure: options.tls === 'implicit',
    requireTLS: options.tls === 'starttls',
    ignoreTLS: options.tls === 'none',
    tls: {
      minVersion: 'TLSv1.2',
      rejectUnauthorized: true,
      ...(ca === null ? {} : { ca: [...rootCertificates, ca] }),
    },
    // A server that does not offer a login although one is configured is not the server that was meant.
    ...(login === null
      ? {}
      : { auth: { user: login.username, pass: login.password.reveal() }, forceAuth: true }),
    dnsTimeout: stepMs,
    connectionTimeout: stepMs,
    greetingTimeout: stepMs,
    socketTimeout: stepMs,
    socketCloseTimeout: 0,
    maxResponseSize: 65_536,
    // Nothing that a finding says may make the mailer read a file or fetch an address.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

function toMessage(alert: Alert, rendered: RenderedAlert, options: EmailOptions) {
  const domain = options.from.slice(options.from.lastIndexOf('@') + 1);
  return {
    from: options.from,
    subject: rendered.subject,
    text: rendered.text,
    html: rendered.html,
    messageId: `<${alert.id}@${domain}>`,
    date: new Date(alert.created),
    // Keeps out-of-office answers away (RFC 3834).
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'X-Offrecord-Alert': alert.id,
    },
  };
}

/** Null where the server can be reached and takes the login; else what keeps it from it. */
async function findProblem(
  options: EmailOptions,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<string | null> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(new Error('aborted'));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    signal.throwIfAborted();
    await Promise.race([withTransport(options, timeoutMs, (mail) => mail.verify()), aborted.promise]);
    return null;
  } catch (error) {
    return signal.aborted ? 'did not answer in time' : codeOf(error);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
