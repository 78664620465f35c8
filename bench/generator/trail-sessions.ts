import { join } from 'node:path';
import { PRIVILEGED } from './fleet.ts';
import { REGION, toRecord } from './trail-record.ts';
import { writeTranscript } from './transcript.ts';
import type { World } from './world.ts';

/** A Session Manager session from its start to its end, with a transcript unless it is a gap. */
export function openSession(world: World, start: number): number {
  const { random, trail, ledger, options } = world;
  const user = random.pick(PRIVILEGED);
  const target = `i-0${random.hex(16)}`;
  const sessionId = `${user}-0${random.hex(16)}`;
  const end = start + 5_000 + Math.round(random.exponential(600_000));
  const common = { service: 'ssm', role: 'SsmOperators', user, readOnly: false };
  const streamUrl = `wss://ssmmessages.${REGION}.amazonaws.com/v1/data-channel/${sessionId}?role=publish_subscribe`;
  const response = { sessionId, tokenValue: 'Value hidden due to security reasons.', streamUrl };
  trail.write(
    toRecord(random, { ...common, name: 'StartSession', ms: start, request: { target }, response }),
  );
  world.at(end, () => {
    const call = {
      ...common,
      name: 'TerminateSession',
      ms: end,
      request: { sessionId },
      response: { sessionId },
    };
    trail.write(toRecord(random, call));
  });
  ledger.count('ssm-sessions');
  if (random.chance(options.gap)) {
    const time = Math.floor(start / 1000) * 1000;
    const account = `SsmOperators/${user}`;
    ledger.plant({ kind: 'ssm-unrecorded', target, account, pid: null, cloudSession: sessionId, time });
  } else writeTranscript(join(world.transcripts, `${sessionId}.log`), end);
  return 2;
}
