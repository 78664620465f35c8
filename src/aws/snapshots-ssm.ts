import type { SSMClient } from '@aws-sdk/client-ssm';
import { AwsFault, call } from './fault.ts';
import { type Snapshot, toSnapshot, type Value, type Weakness } from './snapshots-snapshot.ts';

/** The document that holds an account's settings of Session Manager in a region. */
const DOCUMENT = 'SSM-SessionManagerRunShell';
const ACTION = 'ssm:GetDocument';

/** Settings of a session document (schema 1.0); null where an account never saved any. */
export type SessionPreferences = Readonly<Record<string, unknown>> | null;

/** Throws `AwsFault`, also where the document cannot be understood. */
export async function readPreferences(client: SSMClient, signal: AbortSignal): Promise<SessionPreferences> {
  const { GetDocumentCommand } = await import('@aws-sdk/client-ssm');
  try {
    const { Content: content } = await call(ACTION, signal, () =>
      client.send(new GetDocumentCommand({ Name: DOCUMENT, DocumentFormat: 'JSON' }), {
        abortSignal: signal,
      }),
    );
    return decodeInputs(content ?? '');
  } catch (error) {
    if (error instanceof AwsFault && error.problem.code === 'not-found') return null;
    throw error;
  }
}

function decodeInputs(content: string): Readonly<Record<string, unknown>> {
  let document: unknown;
  try {
    document = JSON.parse(content);
  } catch {
    document = null;
  }
  if (!isRecord(document)) {
    const message = `${ACTION}: the content of ${DOCUMENT} is not a JSON object`;
    throw new AwsFault({ code: 'invalid', action: ACTION, message });
  }
  const { inputs } = document;
  return isRecord(inputs) ? inputs : {};
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Where Session Manager sends what is typed and printed. Shell profiles may hold secrets: only that they exist is kept. */
export function toPreferencesSnapshot(
  account: string,
  region: string,
  preferences: SessionPreferences,
): Snapshot {
  const inputs = preferences ?? {};
  const bucket = textOf(inputs['s3BucketName']);
  const logGroup = textOf(inputs['cloudWatchLogGroupName']);
  return toSnapshot({
    kind: 'ssm-preferences',
    account,
    region,
    resource: DOCUMENT,
    value: {
      saved: preferences !== null,
      bucket,
      prefix: textOf(inputs['s3KeyPrefix']),
      bucketEncryption: flagOf(inputs['s3EncryptionEnabled']),
      logGroup,
      logGroupEncryption: flagOf(inputs['cloudWatchEncryptionEnabled']),
      streaming: flagOf(inputs['cloudWatchStreamingEnabled']),
      kmsKey: textOf(inputs['kmsKeyId']),
      runAs: flagOf(inputs['runAsEnabled']),
      runAsUser: textOf(inputs['runAsDefaultUser']),
      idleTimeoutMin: textOf(inputs['idleSessionTimeout']),
      maxDurationMin: textOf(inputs['maxSessionDuration']),
      shellProfile: isRecord(inputs['shellProfile']) && Object.values(inputs['shellProfile']).some(Boolean),
    },
    weaknesses: bucket === null && logGroup === null ? [noDestination(preferences !== null)] : [],
  });
}

/** Without a destination the agent writes a session nowhere, not even to its own disk. */
function noDestination(isSaved: boolean): Weakness {
  const why = isSaved ? 'neither a bucket nor a log group is set' : 'the preferences were never saved';
  return { code: 'recording-disabled', detail: `Session Manager records no session here: ${why}.` };
}

/** Console and command line write the same settings as text, as numbers or as flags. */
function textOf(value: unknown): Value {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

function flagOf(value: unknown): Value {
  if (typeof value === 'boolean') return value;
  return typeof value === 'string' && /^(?:true|false)$/i.test(value) ? value.toLowerCase() === 'true' : null;
}
