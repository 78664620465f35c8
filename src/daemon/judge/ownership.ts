import type { Access } from '../../model/access.ts';
import type { Recording } from '../../model/recording.ts';

/** Permission bits: others may write. */
const OTHERS_WRITE = 0o002;

/**
 * Adds `recording-owner-writable` where the recorded account owns the file or everybody may write it: its owner
 * could edit or delete what it did. Root can write every file on its host, so its own recordings say nothing new.
 */
export function withOwnerProblems(
  recordings: readonly Recording[],
  accesses: readonly Access[],
): Recording[] {
  const uids = uidsOfAccounts(accesses);
  return recordings.map((recording) => {
    const why = whyWritable(recording, uids);
    if (why === null) return recording;
    return {
      ...recording,
      problems: [...recording.problems, { code: 'recording-owner-writable', detail: why }],
    };
  });
}

function uidsOfAccounts(accesses: readonly Access[]): Map<string, number> {
  const uids = new Map<string, number>();
  for (const { target, account, accountUid } of accesses) {
    if (accountUid !== null) uids.set(`${target}\0${account}`, accountUid);
  }
  return uids;
}

function whyWritable(recording: Recording, uids: ReadonlyMap<string, number>): string | null {
  if (recording.owner === null || recording.state === 'missing') return null;
  const subject = recording.actor ?? recording.account;
  const uid = uids.get(`${recording.target}\0${subject}`);
  if (uid !== undefined && uid !== 0 && uid === recording.owner.uid) {
    return `${recording.ref.source} belongs to the recorded account ${subject} (uid ${uid})`;
  }
  if ((recording.owner.mode & OTHERS_WRITE) === 0) return null;
  return `${recording.ref.source} can be written by every account (mode ${recording.owner.mode.toString(8)})`;
}
