import type { Delivery } from '../notifier.ts';

/** What a mail server said about the recipients of one mail that it took. */
export interface Answer {
  readonly accepted: readonly unknown[];
  readonly rejectedErrors?:
    | readonly { readonly recipient?: string; readonly responseCode?: number }[]
    | undefined;
}

export interface Recipients {
  /** Recipients that this alert has not reached yet. */
  left(alert: string): readonly string[];
  settle(alert: string, answer: Answer): Delivery;
  /** As the failure says, unless others have the mail already: then nothing is left to be rejected. */
  settleFailure(alert: string, failure: Delivery): Delivery;
}

/**
 * Alerts whose recipients are partly served that are remembered; 1,000 of them are 1,000 × 50 addresses × 50 bytes
 * = 2.5 MB. Beyond that, and after a restart, those served get the mail again, with the same Message-ID.
 */
const REMEMBERED = 1000;

/**
 * A server that takes a mail for one recipient and puts off another (greylisting) must not make the alert late for
 * the second or double for the first: only those put off are tried again.
 */
export function createRecipients(all: readonly string[]): Recipients {
  const putOff = new Map<string, readonly string[]>();
  return {
    left: (alert) => putOff.get(alert) ?? all,
    settle: (alert, answer) => {
      const refused = answer.rejectedErrors ?? [];
      const later = refused.filter((error) => error.responseCode === undefined || error.responseCode < 500);
      const addresses = later.flatMap((error) => error.recipient ?? []);
      if (addresses.length === 0) {
        putOff.delete(alert);
        return delivered(refused.length, all.length);
      }
      remember(putOff, alert, addresses);
      const reason = `the mail server put off ${addresses.length} of ${all.length} recipients`;
      return { state: 'retry', reason };
    },
    settleFailure: (alert, failure) => {
      const rest = putOff.get(alert);
      if (rest === undefined || failure.state !== 'rejected') return failure;
      putOff.delete(alert);
      return delivered(rest.length, all.length);
    },
  };
}

function delivered(refused: number, all: number): Delivery {
  if (refused === 0) return { state: 'delivered' };
  return { state: 'delivered', note: `the mail server refused ${refused} of ${all} recipients for good` };
}

function remember(putOff: Map<string, readonly string[]>, alert: string, addresses: readonly string[]): void {
  const [oldest] = putOff.keys();
  if (putOff.size >= REMEMBERED && oldest !== undefined && !putOff.has(alert)) putOff.delete(oldest);
  putOff.set(alert, addresses);
}
