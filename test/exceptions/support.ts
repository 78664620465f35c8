import assert from 'node:assert/strict';
import { loadExceptions } from '../../src/exceptions/load.ts';
import { type ExceptionPolicy, toExceptionPolicy } from '../../src/exceptions/policy.ts';
import type { AccessInQuestion } from '../../src/exceptions/scope.ts';
import type { Exception, ExceptionProblem } from '../../src/model/exception.ts';

export const HOUR = 3_600_000;

/** 2026-11-22T10:00:00Z. */
export const T0 = Date.UTC(2026, 10, 22, 10);

export const KEY = 'SHA256:KUE9UhwsnHKCzbOnpz36X1hHV7Zi05Y8nvmuquGmB9A';

/** Aliases of persons and targets as an inventory would resolve them. */
const ALIASES: Readonly<Record<string, string>> = {
  labbob: 'bob',
  'bob@corp': 'bob',
  labcarol: 'carol',
  www: 'web01',
  '10.99.0.3': 'web01',
};

export function policy(part: Partial<ExceptionPolicy> = {}): ExceptionPolicy {
  const resolve = (name: string): string => ALIASES[name] ?? name;
  return toExceptionPolicy({ names: { nameOf: resolve, target: resolve }, ...part });
}

/** A valid exception from T0 to three hours later. */
export function exception(part: Partial<Exception> = {}, scope: Partial<Exception['scope']> = {}): Exception {
  return {
    id: 'EXC-1',
    kind: 'break-glass',
    title: 'emergency root on web01',
    scope: {
      targets: ['web01'],
      accounts: [],
      principals: [],
      credentials: [],
      origins: [],
      paths: [],
      checks: [],
      ...scope,
    },
    reason: 'incident',
    risk: { rating: 'high', statement: 'not replayable' },
    compensatingControls: [],
    owner: 'bob',
    approvedBy: 'ciso',
    approvedAt: T0 - HOUR,
    ticket: null,
    startsAt: T0,
    expiresAt: T0 + 3 * HOUR,
    review: null,
    extends: null,
    place: 'a.yaml:1:1',
    ...part,
  };
}

/** A shell of root on web01, an hour into the exception, for ten minutes. */
export function access(part: Partial<AccessInQuestion> = {}): AccessInQuestion {
  return {
    opened: T0 + HOUR,
    closed: T0 + HOUR + 600_000,
    path: 'ssh-shell',
    account: 'root',
    actor: null,
    target: 'web01',
    origin: { ip: '10.99.0.10', port: 46012 },
    credential: { type: 'publickey', id: KEY },
    principal: null,
    checks: ['no-recording'],
    ...part,
  };
}

const RECORD = {
  id: 'EXC-1',
  kind: 'break-glass',
  title: 'emergency root',
  scope: { targets: ['web01'], accounts: ['root'] },
  reason: 'incident',
  risk: { rating: 'high', statement: 'not replayable' },
  owner: 'labbob',
  approved_by: 'ciso',
  approved_at: '2026-11-22T10:20:00Z',
  starts_at: '2026-11-22T10:21:00Z',
  expires_at: '2026-11-22T13:21:00Z',
};

/** A record as a file would hold it, one key to a line; `undefined` leaves a key out. */
export function record(part: Readonly<Record<string, unknown>> = {}): string {
  return Object.entries({ ...RECORD, ...part })
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join('');
}

/** Several records as a list. */
export function list(...records: readonly string[]): string {
  return records.map((text) => `- ${text.trimEnd().replaceAll('\n', '\n  ')}\n`).join('');
}

export interface Outcome {
  readonly ids: readonly string[];
  /** `check place message`. */
  readonly problems: readonly string[];
}

export function outcomeOf(text: string | readonly string[], rules?: Partial<ExceptionPolicy>): Outcome {
  const texts = typeof text === 'string' ? [text] : text;
  const files = texts.map((each, index) => ({ file: `${'abc'[index]}.yaml`, text: each }));
  const { exceptions, problems } = loadExceptions(files, policy(rules));
  return { ids: exceptions.map(({ id }) => id), problems: problems.map(toLine) };
}

function toLine({ check, place, message }: ExceptionProblem): string {
  return `${check} ${place} ${message}`;
}

/** Asserts that nothing was accepted and that the only problem reads like this. */
export function assertRefused(outcome: Outcome, problem: RegExp): void {
  assert.deepEqual(outcome.ids, []);
  assert.equal(outcome.problems.length, 1, outcome.problems.join('\n'));
  assert.match(outcome.problems[0] ?? '', problem);
}

/** Asserts that everything was accepted. */
export function assertAccepted(outcome: Outcome, ...ids: readonly string[]): void {
  assert.deepEqual(outcome.problems, []);
  assert.deepEqual(outcome.ids, ids);
}
