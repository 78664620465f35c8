import type { Problem } from '../../model/recording.ts';
import { count, plural } from '../text.ts';
import { STREAMS, type StreamName } from './directory.ts';
import type { Parts, StreamPart } from './parts.ts';

/** True where sudo or its log server ended the I/O log: it takes the write bits of `timing` away, or notes the exit. */
export function isClosed(parts: Parts): boolean {
  const sealed = parts.timing !== null && (parts.timing.file.mode & 0o222) === 0;
  return sealed || parts.exact?.exited === true;
}

/** Everything wrong with timing and streams. Streams of an I/O log that was never closed are buffered apart and
 * need not agree with its timing: only what is absent is named then. */
export function checkStreams(parts: Parts, closed: boolean): readonly Problem[] {
  const { timing } = parts;
  if (timing === null)
    return [{ code: 'recording-gap', detail: 'timing is absent: nothing says when what was shown' }];
  const problems = [...absentStreams(parts)];
  if (!closed) return [...problems, notClosed(parts)];
  return [...problems, ...checkTiming(timing), ...STREAMS.flatMap((name) => checkStream(name, parts))];
}

function notClosed(parts: Parts): Problem {
  const found = [...parts.streams.values()].reduce((sum, stream) => sum + stream.bytes, 0);
  const kept = `${plural(found, 'byte')} of content and ${plural(parts.timing?.sums.events ?? 0, 'event')} are on disk`;
  return { code: 'recording-not-closed', detail: `timing is still writable and no exit is noted: ${kept}` };
}

function absentStreams(parts: Parts): readonly Problem[] {
  return [...(parts.timing?.sums.bytes ?? [])].flatMap(([name, bytes]): Problem[] =>
    bytes > 0 && !parts.streams.has(name)
      ? [
          {
            code: 'recording-gap',
            detail: `timing counts ${plural(bytes, 'byte')} of ${name} and the file is absent`,
          },
        ]
      : [],
  );
}

function checkTiming(timing: NonNullable<Parts['timing']>): readonly Problem[] {
  const problems: Problem[] = [];
  if (timing.end === 'cut' || timing.sums.cut || timing.file.size === 0)
    problems.push({ code: 'recording-truncated', detail: 'timing breaks off although it was closed' });
  if (timing.end === 'damaged')
    problems.push({ code: 'recording-altered', detail: 'timing: the gzip stream is damaged' });
  if (timing.sums.unknown > 0)
    problems.push({
      code: 'recording-altered',
      detail: `timing has ${plural(timing.sums.unknown, 'line')} in no known form`,
    });
  return problems;
}

function checkStream(name: StreamName, parts: Parts): readonly Problem[] {
  const stream = parts.streams.get(name);
  if (stream === undefined) return [];
  const end = endProblem(name, stream, parts.timing?.gzip === true);
  const counted = parts.timing?.sums.bytes.get(name) ?? 0;
  return [...(end === null ? [] : [end]), ...sizeProblem(name, stream.bytes, counted)];
}

function endProblem(name: StreamName, stream: StreamPart, compressed: boolean): Problem | null {
  if (stream.end === 'cut')
    return { code: 'recording-truncated', detail: `${name}: the gzip stream has no end` };
  if (stream.end === 'damaged')
    return { code: 'recording-altered', detail: `${name}: the gzip stream is damaged` };
  // A gzip stream that was closed holds 20 bytes or more, also where nothing went into it.
  if (compressed && stream.file.size === 0)
    return { code: 'recording-truncated', detail: `${name} has 0 bytes where a gzip stream was closed` };
  return null;
}

function sizeProblem(name: StreamName, found: number, counted: number): readonly Problem[] {
  if (found === counted) return [];
  return [
    {
      code: found < counted ? 'recording-truncated' : 'recording-altered',
      detail: `timing says ${plural(counted, 'byte')} of ${name} and the file has ${count(found)}`,
    },
  ];
}

const OUTPUTS = ['ttyout', 'stdout', 'stderr'] as const;
const INPUTS = ['ttyin', 'stdin'] as const;

/** True where output was logged, also if the command printed nothing. */
export function logsOutput(parts: Parts): boolean {
  return OUTPUTS.some((name) => parts.streams.has(name)) || countedOutput(parts) > 0;
}

/** Bytes of output that timing counts, whether they are there or not. */
export function countedOutput(parts: Parts): number {
  return OUTPUTS.reduce((sum, name) => sum + (parts.timing?.sums.bytes.get(name) ?? 0), 0);
}

/** Bytes of output or input that are really there. */
export function keptBytes(parts: Parts, which: 'output' | 'input'): number {
  const names = which === 'output' ? OUTPUTS : INPUTS;
  return names.reduce((sum, name) => sum + (parts.streams.get(name)?.bytes ?? 0), 0);
}
