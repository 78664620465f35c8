import type { FileEntry } from '../../src/files/entry.ts';
import type { Recorder } from '../../src/recorders/recorder.ts';
import { asciicast } from '../../src/recorders/asciicast/asciicast.ts';
import { boundary } from '../../src/recorders/boundary/boundary.ts';
import { guacamole } from '../../src/recorders/guacamole/guacamole.ts';
import { script } from '../../src/recorders/script/script.ts';
import { ssm } from '../../src/recorders/ssm/ssm.ts';
import { sudo } from '../../src/recorders/sudo/sudo.ts';
import { teleport } from '../../src/recorders/teleport/teleport.ts';
import { tlog } from '../../src/recorders/tlog/tlog.ts';
import { ttyrec } from '../../src/recorders/ttyrec/ttyrec.ts';
import * as bsr from '../support/boundary.ts';
import * as guac from '../support/guacamole.ts';
import * as tsh from '../support/teleport.ts';
import { type Contents, fixture, fixtureFolder } from './support.ts';

/** A whole recording of one recorder, and how it may be damaged. */
export interface Sample {
  readonly recorder: Recorder;
  /** Which of the recorder's forms it is, where it has samples of several. */
  readonly form?: string;
  readonly files: Contents;
  /** File that holds what was shown: it is the one to be damaged. */
  readonly main: string;
  readonly change?: (name: string) => Partial<FileEntry>;
  /** The main file with a byte changed where a length or check sum stands; null where the format has neither. */
  readonly wrongLength: ((bytes: Buffer) => Buffer) | null;
  /** The main file without its last whole record. */
  readonly withoutLast: (bytes: Buffer) => Buffer;
}

export const DAMAGES = [
  'last 1 % cut',
  'middle dropped',
  'two chunks swapped',
  'a length changed',
  'last record removed',
  'emptied',
] as const;
export type Damage = (typeof DAMAGES)[number];

/** What a format cannot show without a pinned digest, and why; by recorder, and form where it has several. */
export const WAIVERS: Readonly<Record<string, Readonly<Partial<Record<Damage, string>>>>> = {
  tlog: { 'last record removed': 'no end marker: a whole last message is missing without a trace' },
  asciicast: {
    'last record removed': 'version 2 has no end marker: a whole last line is missing without a trace',
    'a length changed': 'the format has neither lengths nor check sums',
  },
  ttyrec: { 'last record removed': 'no end marker: a whole last frame is missing without a trace' },
  'ssm transcript': {
    'middle dropped': 'raw bytes between header and footer, without lengths or check sums',
    'two chunks swapped': 'raw bytes between header and footer',
    'a length changed': 'the format has neither lengths nor check sums',
  },
  'ssm stream': {
    'last record removed': 'neither an end marker nor numbers: a whole message is missing without a trace',
    'a length changed': 'the format has neither lengths nor check sums',
  },
  'guacamole dump': { 'last record removed': 'no end marker: a whole last frame is missing without a trace' },
  'guacamole typescript': {
    'two chunks swapped': 'the typescript is raw bytes and its timing counts lengths only',
  },
  script: { 'two chunks swapped': 'the typescript is raw bytes and its timing counts lengths only' },
};

/** Recorder and form, as waivers name them. */
export function titleOf({ recorder, form }: Sample): string {
  return form === undefined ? recorder.type : `${recorder.type} ${form}`;
}

export function damaged(sample: Sample, damage: Damage): Buffer {
  const bytes = Buffer.from(sample.files[sample.main] ?? '');
  const at = (share: number): number => Math.floor(bytes.length * share);
  const part = (from: number, to: number): Buffer => bytes.subarray(at(from), at(to));
  if (damage === 'last 1 % cut') return bytes.subarray(0, Math.min(at(0.99), bytes.length - 1));
  if (damage === 'middle dropped') return Buffer.concat([part(0, 0.45), part(0.55, 1)]);
  if (damage === 'two chunks swapped')
    return Buffer.concat([part(0, 0.31), part(0.5, 0.71), part(0.31, 0.5), part(0.71, 1)]);
  if (damage === 'a length changed') return sample.wrongLength?.(Buffer.from(bytes)) ?? bytes;
  if (damage === 'last record removed') return sample.withoutLast(bytes);
  return Buffer.alloc(0);
}

function withoutLastLine(bytes: Buffer): Buffer {
  return bytes.subarray(0, bytes.lastIndexOf('\n', bytes.length - 2) + 1);
}

const SUDO = fixtureFolder('sudo/s15_sudo_iolog_ok');
const SCRIPT = '20261122T112200-labalice-23698';
const CAST = '20261122T112148-labalice-23603.cast';
const TRANSCRIPT = 'alice-0f3a9c1be27d4586a.log';
const STREAMED = 'alice-0b7de12f9c40a3851.jsonl';
const DUMP = 'guacamole/20261122T100000-labalice.guac';
const TYPESCRIPT = 'guacamole/20261122T100000-labalice';
const TYPED = guac.typescript(guac.BLOCKS);
const TTYREC = '20261124T162516-labalice-7300.ttyrec';

export const SAMPLES: readonly Sample[] = [
  {
    recorder: tlog,
    files: { 'tlog/rec.log': fixture('tlog/s01-three-messages.log') },
    main: 'tlog/rec.log',
    wrongLength: (bytes) => Buffer.from(bytes.toString().replace('>78"', '>77"')),
    withoutLast: withoutLastLine,
  },
  {
    recorder: sudo,
    files: Object.fromEntries(
      Object.entries(SUDO).map(([name, bytes]) => [`sudo-io/00/00/01/${name}`, bytes]),
    ),
    main: 'sudo-io/00/00/01/ttyout',
    change: (name) => (name.endsWith('/timing') ? { mode: 0o400 } : {}),
    // The last four bytes of a gzip stream are the length of its content.
    wrongLength: (bytes) => {
      bytes.writeUInt32LE(bytes.readUInt32LE(bytes.length - 4) + 1, bytes.length - 4);
      return bytes;
    },
    withoutLast: (bytes) => bytes.subarray(0, bytes.length - 8),
  },
  {
    recorder: asciicast,
    files: { [CAST]: fixture(`asciicast/${CAST}`) },
    main: CAST,
    wrongLength: null,
    withoutLast: withoutLastLine,
  },
  {
    recorder: boundary,
    files: bsr.recording(),
    main: bsr.SHOWN,
    // The length of the first chunk stands behind the magic bytes.
    wrongLength: (bytes) => {
      bytes.writeUInt32BE(bytes.readUInt32BE(8) + 1, 8);
      return bytes;
    },
    withoutLast: (bytes) => bytes.subarray(0, bytes.length - bsr.done.length),
  },
  {
    recorder: guacamole,
    form: 'dump',
    files: { [DUMP]: guac.dump() },
    main: DUMP,
    wrongLength: (bytes) => Buffer.from(bytes.toString().replace('4.sync', '5.sync')),
    withoutLast: (bytes) => bytes.subarray(0, bytes.length - guac.LAST_FRAME.length),
  },
  {
    recorder: guacamole,
    form: 'typescript',
    files: { [TYPESCRIPT]: TYPED.data, [`${TYPESCRIPT}.timing`]: TYPED.timing },
    main: TYPESCRIPT,
    // The lengths of a typescript stand in its timing: one byte more than it counts.
    wrongLength: (bytes) => Buffer.from(bytes.toString().replace('echo 1', 'echo  1')),
    withoutLast: withoutLastLine,
  },
  {
    recorder: script,
    files: Object.fromEntries(
      ['.log', '.timing', '.meta.json'].map((suffix) => [
        SCRIPT + suffix,
        fixture(`script/${SCRIPT}${suffix}`),
      ]),
    ),
    main: `${SCRIPT}.log`,
    // The lengths of a typescript stand in its timing: one byte more than it counts.
    wrongLength: (bytes) => Buffer.from(bytes.toString().replace('echo done', 'echo done!')),
    withoutLast: withoutLastLine,
  },
  {
    recorder: ssm,
    form: 'transcript',
    files: { [TRANSCRIPT]: fixture(`ssm/${TRANSCRIPT}`) },
    main: TRANSCRIPT,
    wrongLength: null,
    withoutLast: withoutLastLine,
  },
  {
    recorder: ssm,
    form: 'stream',
    files: { [STREAMED]: fixture(`ssm/${STREAMED}`) },
    main: STREAMED,
    wrongLength: null,
    withoutLast: withoutLastLine,
  },
  {
    recorder: teleport,
    files: { [`${tsh.SID}.tar`]: tsh.recording() },
    main: `${tsh.SID}.tar`,
    // The last four bytes of the gzip stream in a part are the length of its content.
    wrongLength: (bytes) => {
      bytes.writeUInt32LE(bytes.readUInt32LE(bytes.length - 4) + 1, bytes.length - 4);
      return bytes;
    },
    withoutLast: (bytes) => bytes.subarray(0, bytes.length - tsh.LAST_PART.length),
  },
  {
    recorder: ttyrec,
    files: { [TTYREC]: fixture(`ttyrec/${TTYREC}`) },
    main: TTYREC,
    wrongLength: (bytes) => {
      bytes.writeUInt32LE(bytes.readUInt32LE(8) + 1, 8);
      return bytes;
    },
    // The last frame is `exit` with its line end: 12 + 6 bytes.
    withoutLast: (bytes) => bytes.subarray(0, bytes.length - 18),
  },
];
