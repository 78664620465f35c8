import { type AwsClients, type AwsOptions, openAws } from './clients.ts';
import { type AwsConnection, GLOBAL_REGION, missingGlobalRegion } from './connection.ts';
import { bucketProbes, type Probe, regionProbes } from './connect-probes.ts';
import { AwsFault, call } from './fault.ts';
import { neededPermissions, type PolicyOptions } from './permissions.ts';
import { PERMISSIONS } from './permissions-table.ts';
import type { AwsProblem } from './problem.ts';

export interface CheckOptions extends Pick<PolicyOptions, 'lookup' | 'trails' | 'transcripts'> {
  /** Credentials and retries in place of the usual ones. */
  readonly aws?: AwsOptions;
}

/**
 * Tries every call that the configuration needs, once for each region and bucket and as small as it can be made, and
 * says in one sentence each what is in the way; nothing where all works. Throws only the reason of the signal.
 */
export async function checkAws(
  connection: AwsConnection,
  options: CheckOptions,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const clients = openAws(connection, options.aws);
  try {
    const findings = new Findings();
    const found = await findings.of('the account', () =>
      call('sts:GetCallerIdentity', signal, () => clients.accountId()),
    );
    // Without credentials every other call would say the same again.
    if (found) await probe(clients, options, findings, signal);
    return findings.sentences();
  } finally {
    clients.close();
  }
}

/** What works and is likely not meant. */
export function awsWarnings({ regions }: Pick<AwsConnection, 'regions'>): string[] {
  if (!missingGlobalRegion(regions)) return [];
  return [`${GLOBAL_REGION} is not read: sign-ins and assumed roles of global endpoints are recorded there.`];
}

async function probe(
  clients: AwsClients,
  options: CheckOptions,
  findings: Findings,
  signal: AbortSignal,
): Promise<void> {
  const { regions, roleArn } = clients.connection;
  const needed = new Set(neededPermissions({ ...options, regions, roleArn }).map(({ action }) => action));
  const places = [...options.trails, ...options.transcripts];
  const probes: Probe[] = regions.flatMap((region) => regionProbes(clients, region, needed, signal));
  const s3 = await clients.s3(regions[0] ?? GLOBAL_REGION);
  probes.push(...places.flatMap((place) => bucketProbes(s3, place, signal)));
  for (const { where, run } of probes) await findings.of(where, run);
}

/** Problems by what they are, each with the places where it was met. */
class Findings {
  readonly #places = new Map<string, { readonly problem: AwsProblem; readonly where: Set<string> }>();

  /** Whether it went well. */
  async of(where: string, run: () => Promise<unknown>): Promise<boolean> {
    try {
      await run();
      return true;
    } catch (error) {
      if (!(error instanceof AwsFault)) throw error;
      this.#note(error.problem, where);
      return false;
    }
  }

  /** In the order in which they were met. */
  sentences(): string[] {
    return [...this.#places.values()].map(({ problem, where }) => toSentence(problem, [...where]));
  }

  /** A region that cannot be reached is one problem, however many calls run into it. */
  #note(problem: AwsProblem, where: string): void {
    const isOne = problem.code === 'denied' || problem.code === 'invalid' || problem.code === 'unknown';
    const key = isOne ? `${problem.code} ${problem.action}` : `${problem.code} ${where}`;
    const entry = this.#places.get(key) ?? { problem, where: new Set() };
    entry.where.add(where);
    this.#places.set(key, entry);
  }
}

function toSentence(problem: AwsProblem, places: readonly string[]): string {
  const where = places.join(', ');
  const permission = PERMISSIONS.find(({ action }) => action === problem.action);
  if (problem.code !== 'denied' || permission === undefined) return `${where}: ${problem.message}.`;
  return `${where}: ${permission.action} is not allowed: ${permission.without}.`;
}
