import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Session } from '@aws-sdk/client-ssm';
import { describeSessions, type SessionWindow } from '../../src/aws/sessions.ts';
import type { Pace } from '../../src/aws/pace.ts';
import { ACCOUNT, HOUR, KEY, MINUTE, NOW, REGION, startCloud } from './history.ts';

const WINDOW: SessionWindow = { from: NOW - 24 * HOUR, to: NOW };

function session(id: string, agoMs: number, change: Partial<Session> = {}): Session {
  return {
    SessionId: id,
    Target: 'i-0abc',
    Status: 'Terminated',
    StartDate: new Date(NOW - agoMs),
    EndDate: new Date(NOW - agoMs + MINUTE),
    Owner: 'arn:aws:iam::111122223333:user/alice',
    DocumentName: 'SSM-SessionManagerRunShell',
    ...change,
  };
}

function open(id: string, agoMs: number): Session {
  return session(id, agoMs, { Status: 'Connected', EndDate: undefined });
}

async function startRegion(context: TestContext, sessions: readonly Session[]) {
  const accounts = { [ACCOUNT]: { keys: [KEY], regions: { [REGION]: { sessions: [...sessions] } } } };
  const { aws, clients } = await startCloud(context, { accounts });
  return { aws, ssm: await clients.ssm(REGION) };
}

const SIGNAL = new AbortController().signal;

describe('describeSessions', () => {
  it('lists what ended and what is open, each once, by start', async (context) => {
    const { ssm } = await startRegion(context, [open('bob-1', HOUR), session('alice-1', 2 * HOUR)]);
    const { sessions, rejected, problem } = await describeSessions(ssm, WINDOW, SIGNAL);
    assert.deepEqual([rejected, problem], [0, null]);
    assert.deepEqual(sessions, [
      {
        id: 'alice-1',
        target: 'i-0abc',
        status: 'Terminated',
        startedAt: NOW - 2 * HOUR,
        endedAt: NOW - 2 * HOUR + MINUTE,
        document: 'SSM-SessionManagerRunShell',
        owner: 'arn:aws:iam::111122223333:user/alice',
        reason: null,
        s3Url: null,
        logGroupUrl: null,
      },
      { ...sessions[0], id: 'bob-1', status: 'Connected', startedAt: NOW - HOUR, endedAt: null },
    ]);
  });

  it('a window leaves out ended sessions before it, but no open one', async (context) => {
    const { ssm } = await startRegion(context, [
      session('old-1', 25 * HOUR),
      session('new-1', 23 * HOUR),
      open('long-1', 100 * HOUR),
      session('later-1', -HOUR),
    ]);
    const { sessions } = await describeSessions(ssm, WINDOW, SIGNAL);
    assert.deepEqual(
      sessions.map(({ id }) => id),
      ['long-1', 'new-1'],
    );
  });

  it('reads all pages, each at its pace', async (context) => {
    const many = Array.from({ length: 450 }, (_, index) => session(`alice-${index}`, HOUR + index));
    const { aws, ssm } = await startRegion(context, many);
    let taken = 0;
    const pace: Pace = { take: () => Promise.resolve(void taken++) };
    const { sessions } = await describeSessions(ssm, { ...WINDOW, pace }, SIGNAL);
    assert.equal(new Set(sessions.map(({ id }) => id)).size, 450);
    assert.deepEqual([taken, aws.requests.length], [4, 4]);
  });

  it('a session that ends between the two lists is there with its end', async (context) => {
    const region = { sessions: [open('alice-1', HOUR)] };
    const accounts = { [ACCOUNT]: { keys: [KEY], regions: { [REGION]: region } } };
    const { clients } = await startCloud(context, { accounts });
    let turn = 0;
    const take = async (): Promise<void> => {
      turn += 1;
      if (turn === 2) region.sessions = [session('alice-1', HOUR)];
    };
    const listing = await describeSessions(await clients.ssm(REGION), { ...WINDOW, pace: { take } }, SIGNAL);
    assert.deepEqual(
      listing.sessions.map(({ id, endedAt }) => [id, endedAt !== null]),
      [['alice-1', true]],
    );
  });

  it('what has no id or no start is counted', async (context) => {
    const { ssm } = await startRegion(context, [
      session('', HOUR),
      session('alice-1', HOUR),
      session('x'.repeat(97), HOUR),
    ]);
    const { sessions, rejected } = await describeSessions(ssm, WINDOW, SIGNAL);
    assert.deepEqual([sessions.length, rejected], [1, 2]);
  });

  it('what was listed before a problem is given with it', async (context) => {
    const { aws, ssm } = await startRegion(context, [open('bob-1', HOUR), session('alice-1', HOUR)]);
    let turn = 0;
    const take = async (): Promise<void> => {
      turn += 1;
      if (turn === 2) aws.fault({ action: 'ssm:DescribeSessions', times: 1, kind: 'throttle' });
    };
    const { sessions, problem } = await describeSessions(ssm, { ...WINDOW, pace: { take } }, SIGNAL);
    assert.deepEqual(
      sessions.map(({ id }) => id),
      ['bob-1'],
    );
    assert.deepEqual([problem?.code, problem?.action], ['throttled', 'ssm:DescribeSessions']);
  });

  it('stops with the reason of the signal', async (context) => {
    const { ssm } = await startRegion(context, []);
    const reason = new Error('the pass is over');
    await assert.rejects(describeSessions(ssm, WINDOW, AbortSignal.abort(reason)), reason);
  });
});
