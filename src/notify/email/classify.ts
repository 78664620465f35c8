import { codeOf } from '../context.ts';
import type { Delivery } from '../notifier.ts';

/** Fields that nodemailer adds to its errors. */
interface SmtpFields {
  readonly responseCode?: number;
  readonly command?: string;
  readonly permanent?: boolean;
}

/**
 * Only a refusal of this mail, its sender or its recipients is final. A refused login or STARTTLS is permanent for
 * the server and not for us: it can be put right while retries are still scheduled, and a rejected alert is never
 * sent again by itself.
 */
const FINAL: ReadonlySet<string> = new Set(['EENVELOPE', 'EMESSAGE']);

/** Authentication or encryption required (RFC 4954, RFC 3207): what is wrong is our configuration, not the mail. */
const NOT_YET_WELCOME = 530;

/** What a failed mail means. Only codes and verbs get into the reason: a server may echo whatever it was sent. */
export function classifyError(error: unknown, signal: AbortSignal): Delivery {
  if (signal.aborted) return { state: 'retry', reason: 'stopped before the mail server had answered' };
  const code = codeOf(error);
  const { responseCode, command, permanent } = smtpFields(error);
  const answer = responseCode === undefined ? code : `${code}, SMTP ${responseCode}${command ?? ''}`;
  if (permanent === true && FINAL.has(code) && responseCode !== NOT_YET_WELCOME) {
    return { state: 'rejected', reason: `the mail server refused the mail for good: ${answer}` };
  }
  return { state: 'retry', reason: `the mail was not delivered: ${answer}` };
}

function smtpFields(error: unknown): SmtpFields {
  if (!(error instanceof Error)) return {};
  const number =
    'responseCode' in error && typeof error.responseCode === 'number' ? error.responseCode : undefined;
  const command = 'command' in error && typeof error.command === 'string' ? verbOf(error.command) : undefined;
  const permanent = 'permanent' in error && error.permanent === true;
  return {
    permanent,
    ...(number === undefined ? {} : { responseCode: number }),
    ...(command === undefined ? {} : { command }),
  };
}

/** The verb alone: what follows AUTH is the password. */
function verbOf(command: string): string | undefined {
  const verb = /^(?:CONN|EHLO|HELO|STARTTLS|AUTH|MAIL FROM|RCPT TO|DATA|API)(?![A-Z])/.exec(command);
  return verb === null ? undefined : ` at ${verb[0]}`;
}
