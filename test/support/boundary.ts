import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/**
 * Synthetic session recordings of Boundary, written by what its source says of the format: files of chunks, sums, a
 * journal, metadata. The signature is bytes of no meaning: only Boundary's own keys could make one.
 */
export const RECORDING = 'sr_4kTq8ZxW2b';
export const SESSION = 's_Jw3nP0vRt7';
export const FOLDER = `${RECORDING}.bsr`;
export const CONNECTION = 'cr_8mYd1LcK5h.connection';
export const CHANNEL = `${CONNECTION}/chr_2fGs9QaE6u.channel`;
export const SHOWN = `${FOLDER}/${CHANNEL}/messages-outbound.data`;
export const OPENED = Date.parse('2026-11-22T10:00:00.250Z');
export const CLOSED = OPENED + 60_000;

export interface ChunkOptions {
  readonly direction?: 1 | 2;
  readonly protocol?: string;
}

export function chunk(
  type: string,
  atMs: number,
  data: string | Uint8Array = '',
  options: ChunkOptions = {},
): Buffer {
  const body = Buffer.from(data);
  const bytes = Buffer.alloc(25 + body.length + 4);
  bytes.writeUInt32BE(body.length, 0);
  bytes.write(options.protocol ?? 'BSSH', 4, 4, 'latin1');
  bytes.write(type, 8, 4, 'latin1');
  bytes.writeUInt8(options.direction ?? 2, 12);
  bytes.writeBigUInt64BE(BigInt(Math.floor(atMs / 1000)), 13);
  bytes.writeUInt32BE((atMs % 1000) * 1_000_000, 21);
  body.copy(bytes, 25);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 25 + body.length)), 25 + body.length);
  return bytes;
}

export const MAGIC = Buffer.from('894253520d0a1a0a', 'hex');

export function head(session = SESSION, atMs = OPENED): Buffer {
  return chunk('HEAD', atMs, Buffer.concat([Buffer.alloc(2), Buffer.from(session)]));
}

export const done = chunk('DONE', CLOSED);

/** A whole file of chunks around some others. */
export function dataFile(...inner: readonly Uint8Array[]): Buffer {
  return Buffer.concat([MAGIC, head(), ...inner, done]);
}

export function shown(count: number): Buffer[] {
  return Array.from({ length: count }, (_, at) =>
    chunk('DATA', OPENED + 100 * at, `$ echo ${at}\r\n${at}\r\n`),
  );
}

export const SESSION_META = {
  PublicId: SESSION,
  Endpoint: 'ssh://web01:22',
  User: { PublicId: 'u_1234567890', Name: 'alice' },
  Target: { PublicId: 'tssh_1234567890', Name: 'web' },
  StaticUsernamePasswordCredentials: [{ PublicId: 'credup_1234567890', Username: 'root' }],
};

export const SUMMARY = {
  Id: RECORDING,
  ConnectionCount: 1,
  StartTime: new Date(OPENED).toISOString(),
  EndTime: new Date(CLOSED).toISOString(),
  Errors: {},
};

type Files = Record<string, string | Uint8Array>;

/** Adds sums, a signature and a closed journal to the files of one container. */
export function sealed(files: Files): Files {
  const names = Object.keys(files);
  const sums = names.map(
    (name) =>
      `${createHash('sha256')
        .update(files[name] ?? '')
        .digest('hex')} *${name}\n`,
  );
  const journal = [...names, 'SHA256SUM', 'SHA256SUM.sig'].map((name) =>
    ['CREATING', 'CREATED', 'CLOSING', 'CLOSED'].map((step) => `${step} ${name}\n`).join(''),
  );
  return { ...files, SHA256SUM: sums.join(''), 'SHA256SUM.sig': 'signature', '.journal': journal.join('') };
}

export interface Changes {
  readonly meta?: unknown;
  readonly summary?: unknown;
  readonly channel?: Files;
}

/** A whole recording: a session with one connection and one channel. */
export function recording(changes: Changes = {}): Files {
  const session = sealed({
    'bsrKey.pub': 'key',
    'session-meta.json': `${JSON.stringify(changes.meta ?? SESSION_META)}\n`,
    'session-recording.meta': `id: ${RECORDING}\nprotocol: BSSH\nconnection: ${CONNECTION}\n`,
    'session-recording-summary.json': JSON.stringify(changes.summary ?? SUMMARY, null, 2),
  });
  const connection = sealed({
    'connection-recording.meta': 'id: cr_8mYd1LcK5h\nchannel: chr_2fGs9QaE6u.channel\nrequests: inbound\n',
    'connection-recording-summary.json': JSON.stringify({ Id: 'cr_8mYd1LcK5h', ChannelCount: 1 }),
    'requests-inbound.data': dataFile(),
  });
  const channel = sealed({
    'channel-recording.meta':
      'id: chr_2fGs9QaE6u\nchannelType: session\nmessages: inbound\nmessages: outbound\n',
    'channel-recording-summary.json': JSON.stringify({ ChannelSummary: { Id: 'chr_2fGs9QaE6u' } }),
    'messages-inbound.data': dataFile(chunk('DATA', OPENED, 'id\r', { direction: 1 })),
    'messages-outbound.data': dataFile(...shown(12)),
    ...changes.channel,
  });
  return {
    ...below(FOLDER, session),
    ...below(`${FOLDER}/${CONNECTION}`, connection),
    ...below(`${FOLDER}/${CHANNEL}`, channel),
  };
}

function below(folder: string, files: Files): Files {
  return Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`${folder}/${name}`, bytes]));
}
