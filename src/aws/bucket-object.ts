import { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { AwsFault, call, toFault } from './fault.ts';
import type { AwsProblem } from './problem.ts';

export interface ObjectSource {
  readonly bucket: string;
  readonly key: string;
  /** The version to read; absent or null for the current one. */
  readonly versionId?: string | null;
  /** What the current version must be; ignored where a version is named. */
  readonly etag?: string | null;
}

export interface ObjectRange {
  /** Offset of the first byte. */
  readonly start: number;
  /** Offset behind the last byte. */
  readonly end: number;
}

/**
 * Largest object that is read: 1 GiB. A trail file holds some minutes (below 100 MB), a transcript what one session
 * printed; nothing is kept in memory but the chunk in hand, so the bound is on time: 2 min at 10 MB/s.
 */
const MAX_BYTES = 1024 ** 3;

/**
 * The bytes of an object or of a part of it, as they are stored. Throws `AwsFault`; stops with the signal's reason
 * where that is raised. A part behind the object's end is empty.
 */
export async function* readObject(
  s3: S3Client,
  source: ObjectSource & { readonly range?: ObjectRange },
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { range } = source;
  if (range !== undefined && range.end <= range.start) return;
  const action = actionOn(source);
  const body = await fetchBody(s3, source, signal);
  if (body === null) return;
  let left = Math.min(MAX_BYTES, range === undefined ? MAX_BYTES : range.end - range.start);
  try {
    for await (const chunk of body) {
      const bytes = chunk as Uint8Array;
      if (bytes.length > left) throw new AwsFault(invalid(action, 'the answer is larger than it may be'));
      left -= bytes.length;
      yield bytes;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw toFault(error, action);
  }
}

/** IAM name of what reading it needs. */
function actionOn({ versionId }: ObjectSource): 's3:GetObject' | 's3:GetObjectVersion' {
  return versionId == null ? 's3:GetObject' : 's3:GetObjectVersion';
}

/** The stream of the content; null where the asked part lies behind its end. */
async function fetchBody(
  s3: S3Client,
  source: ObjectSource & { readonly range?: ObjectRange },
  signal: AbortSignal,
): Promise<Readable | null> {
  const { GetObjectCommand } = await import('@aws-sdk/client-s3');
  const { range } = source;
  // The header counts the last byte in.
  const part = range === undefined ? {} : { Range: `bytes=${range.start}-${range.end - 1}` };
  const answer = await call(actionOn(source), signal, () =>
    s3.send(new GetObjectCommand({ ...toInput(source), ...part }), { abortSignal: signal }),
  ).catch((error: unknown) => {
    if (isBehindEnd(error)) return null;
    throw error;
  });
  if (answer === null) return null;
  if (answer.Body instanceof Readable) return answer.Body;
  throw new AwsFault(invalid(actionOn(source), 'the answer has no content'));
}

function toInput({ bucket, key, versionId, etag }: ObjectSource) {
  const version = versionId == null ? {} : { VersionId: versionId };
  const match = versionId == null && etag != null ? { IfMatch: etag } : {};
  return { Bucket: bucket, Key: key, ...version, ...match };
}

function isBehindEnd(error: unknown): boolean {
  return (
    error instanceof AwsFault && (error.cause as { name?: unknown } | undefined)?.name === 'InvalidRange'
  );
}

function invalid(action: string, message: string): AwsProblem {
  return { code: 'invalid', action, message: `${action}: ${message}` };
}

export interface ObjectMetadata {
  readonly size: number;
  /** Epoch ms, whole seconds. */
  readonly modifiedMs: number;
  readonly etag: string | null;
  readonly versionId: string | null;
  /** User metadata without `x-amz-meta-`, in lower case; a digest's `signature` is among them. */
  readonly metadata: ReadonlyMap<string, string>;
}

/** What S3 keeps beside an object's content. Throws `AwsFault`. Needs the same permission as reading it. */
export async function objectMetadata(
  s3: S3Client,
  source: ObjectSource,
  signal: AbortSignal,
): Promise<ObjectMetadata> {
  const { HeadObjectCommand } = await import('@aws-sdk/client-s3');
  const answer = await call(actionOn(source), signal, () =>
    s3.send(new HeadObjectCommand(toInput(source)), { abortSignal: signal }),
  );
  return {
    size: answer.ContentLength ?? 0,
    modifiedMs: answer.LastModified?.getTime() ?? 0,
    etag: answer.ETag ?? null,
    versionId: answer.VersionId ?? null,
    metadata: new Map(
      Object.entries(answer.Metadata ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
    ),
  };
}
