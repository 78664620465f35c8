import { type AwsClients, type AwsOptions, openAws } from '../../aws/clients.ts';
import type { AwsConnection } from '../../aws/connection.ts';
import { createPaces, type Paces } from '../../aws/pace.ts';
import type { AwsConfig } from '../../config/aws.ts';

/** One configured account with its clients, and when each of its parts was looked at last. */
export interface AwsAccount {
  readonly config: AwsConfig;
  readonly clients: AwsClients;
  readonly paces: Paces;
  /** What the last look gave, by part; a part that is not due yet is told as it was. Lost with the process. */
  readonly looks: Map<string, Look>;
}

interface Look {
  readonly at: number;
  readonly result: unknown;
}

/** How a configured account is reached. */
export function toConnection(config: AwsConfig): AwsConnection {
  const { id, regions, profile, roleArn, externalId, endpoint } = config;
  return { id, regions, profile, roleArn, externalId, endpoint, sessionName: 'offrecord' };
}

export interface AccountsOptions {
  readonly paces?: Paces;
  /** How an account's clients are opened, other than by its configuration alone. */
  readonly clientsOf?: (config: AwsConfig) => AwsOptions;
}

/** The configured accounts, from one pass to the next: clients keep their connections and credentials. */
export class AwsAccounts {
  #accounts: readonly AwsAccount[] = [];
  #configs = '';
  readonly #paces: Paces;
  readonly #clientsOf: (config: AwsConfig) => AwsOptions;

  constructor({ paces = createPaces(), clientsOf = () => ({}) }: AccountsOptions = {}) {
    this.#paces = paces;
    this.#clientsOf = clientsOf;
  }

  /** The accounts of a configuration; clients are opened anew only where it changed. */
  of(configs: readonly AwsConfig[]): readonly AwsAccount[] {
    const text = JSON.stringify(configs);
    if (text === this.#configs) return this.#accounts;
    this.close();
    this.#configs = text;
    this.#accounts = configs.map((config) => ({
      config,
      clients: openAws(toConnection(config), this.#clientsOf(config)),
      paces: this.#paces,
      looks: new Map(),
    }));
    return this.#accounts;
  }

  close(): void {
    for (const { clients } of this.#accounts) clients.close();
    this.#accounts = [];
    this.#configs = '';
  }
}

/**
 * What a look gives, or what it gave last time while the next one is not due. A look that throws is due again in the
 * next pass.
 */
export async function atMostEvery<T>(
  account: AwsAccount,
  part: string,
  everyMs: number,
  now: number,
  look: () => Promise<T>,
): Promise<T> {
  const last = account.looks.get(part);
  if (last !== undefined && now >= last.at && now - last.at < everyMs) return last.result as T;
  const result = await look();
  account.looks.set(part, { at: now, result });
  return result;
}
