import { createHash } from 'node:crypto';
import { inflate } from '../files/gzip.ts';
import { openFile, readChunks } from '../files/open.ts';
import { createFramer, type FramedRecord, type Framer } from '../files/framing.ts';
import { toFileProblem } from '../files/problem.ts';
import type { Parsed } from '../model/event.ts';
import type { Decoder, Format, RecordPlace } from '../sources/format.ts';
import { FORMATS, findFormat } from '../sources/registry.ts';
import { EXIT, type ExitCode, type Io, writeLines } from './io.ts';
import { eventLine, rejectLine } from './output/shapes.ts';

export interface ParseOptions {
  readonly as: string;
  readonly host?: string;
  readonly zone?: string;
  readonly now?: number;
}

/** Prints the events of one log; exit 2 where records were rejected or the file could not be read. */
export async function parse(file: string, options: ParseOptions, io: Io): Promise<ExitCode> {
  const format = findFormat(options.as);
  if (!format) {
    const known = FORMATS.map((one) => one.type).join(', ');
    io.err(`offrecord: there is no format "${options.as}"; known are ${known}\n`);
    return EXIT.failed;
  }
  let rejected = 0;
  try {
    for await (const parsed of parseChunks(chunksOf(file, io), format, file, options, io)) {
      rejected += parsed.rejects.length;
      await writeLines(io, [...parsed.events.map(eventLine), ...parsed.rejects.map(rejectLine)]);
    }
  } catch (error) {
    const { code, message } = toFileProblem(file, error);
    io.err(`${file}: ${code === 'not-a-file' ? 'this is no regular file; name one log' : message}\n`);
    return EXIT.failed;
  }
  return rejected > 0 ? EXIT.failed : EXIT.ok;
}

async function* chunksOf(file: string, io: Io): AsyncGenerator<Uint8Array> {
  if (file === '-') {
    yield* inflated(io.stdin);
    return;
  }
  const opened = await openFile(file);
  try {
    yield* readChunks(opened);
  } finally {
    await opened.handle.close();
  }
}

/** A pipe tells by its first bytes whether it is gzip, like a file does. */
async function* inflated(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = chunks[Symbol.asyncIterator]();
  const held: Uint8Array[] = [];
  let size = 0;
  while (size < 2) {
    const next = await source.next();
    if (next.done) break;
    held.push(next.value);
    size += next.value.length;
  }
  const head = Buffer.concat(held);
  const all = async function* () {
    yield head;
    yield* { [Symbol.asyncIterator]: () => source };
  };
  yield* head[0] === 0x1f && head[1] === 0x8b ? inflate(all) : all();
}

async function* parseChunks(
  chunks: AsyncIterable<Uint8Array>,
  format: Format,
  file: string,
  options: ParseOptions,
  io: Io,
): AsyncGenerator<Parsed> {
  let framer: Framer | null = null;
  let decoding: ((records: readonly FramedRecord[]) => Parsed) | null = null;
  for await (const chunk of chunks) {
    framer ??= createFramer(format.framing(chunk));
    decoding ??= decodeAll(format, file, options, io);
    yield decoding(framer.push(chunk));
  }
  const rest = framer?.end().rest;
  if (rest && decoding) yield decoding([rest]);
}

/** Decodes records one after the other; places count on across calls. */
function decodeAll(format: Format, file: string, options: ParseOptions, io: Io) {
  const zone = options.zone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const context = { stream: file, host: options.host ?? null, zone, reference: options.now ?? io.now() };
  const decoder: Decoder = format.create(context);
  let seq = 0;
  let content: string | null = null;
  return (records: readonly FramedRecord[]): Parsed => {
    const parts = records.map((record) => {
      content ??= contentId(record.bytes);
      seq += 1;
      return decodeOne(decoder, record, { content, offset: record.offset, line: record.line, seq, file });
    });
    return {
      events: parts.flatMap((part) => part.events),
      rejects: parts.flatMap((part) => part.rejects),
      time: null,
      host: null,
    };
  };
}

function decodeOne(decoder: Decoder, record: FramedRecord, place: RecordPlace): Parsed {
  if (!record.tooLong) return decoder.decode(record.bytes, place);
  const ref = { source: place.file, record: String(place.line) };
  const reject = { code: 'too-long', detail: 'the record is longer than any that is read', ref } as const;
  return { events: [], rejects: [reject], time: null, host: null };
}

function contentId(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes.subarray(0, 1024)).digest('hex').slice(0, 16);
}
