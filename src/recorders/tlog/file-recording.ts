import type { FileEntry } from '../../files/entry.ts';
import type { Problem, Recording } from '../../model/recording.ts';
import { stableId } from '../../util/ids.ts';
import { toRecording } from '../draft.ts';
import { parseFileName } from '../file-names.ts';
import type { InspectContext } from '../recorder.ts';

/** What a file of tlog's holds where no message in it can be read. */
export interface FileFault {
  readonly file: FileEntry;
  readonly holds: 'empty' | 'corrupt' | 'content';
  readonly problems: readonly Problem[];
}

/** A recording known only by its file: empty, unreadable or holding no message. */
export function fileRecording(fault: FileFault, context: InspectContext): Recording {
  const { file, holds, problems } = fault;
  const name = parseFileName(file.path, context.names, context.zone);
  return toRecording({
    uid: stableId('rec', ['tlog', 'file', context.host ?? '', file.name]),
    recorder: 'tlog',
    ref: { source: file.name, record: '' },
    holds,
    problems,
    opened: name?.opened ?? null,
    // What emptied the file touched it too: the time noted when it was pinned is the recording's own.
    closed: file.pinned?.mtimeMs ?? null,
    resolution: 1000,
    bytes: file.size,
    launch: 'session',
    target: context.host,
    account: name?.account ?? null,
    owner: { uid: file.uid, mode: file.mode },
    ...(name?.openedAssumed === true ? { assumed: ['zone'] } : {}),
  });
}
