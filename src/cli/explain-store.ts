import type { JudgedAccess } from '../model/access.ts';
import type { Finding } from '../model/finding.ts';
import type { JudgedRecording } from '../model/judgement.ts';
import { openStore } from '../store/open.ts';
import type { Store } from '../store/store.ts';
import { readConfigFile } from './config-file.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import { explainAccess } from './output/explain.ts';

/** Explains an access as the daemon last judged it. */
export async function explainFromStore(uid: string, configFile: string, io: Io): Promise<ExitCode> {
  const config = await readConfigFile(configFile, io);
  if (!config) return EXIT.failed;
  const store = await openStore(config.store.path, 'reader');
  try {
    const stored = await store.access(uid);
    if (!stored) {
      io.err(`offrecord: the store has no access ${uid}\n`);
      return EXIT.failed;
    }
    const { access } = stored;
    const recordings = await recordingsOf(access, store);
    await io.out(explainAccess(access, { recordings, findings: await findingsOf(uid, store) }));
    return EXIT.ok;
  } finally {
    await store.close();
  }
}

async function recordingsOf(access: JudgedAccess, store: Store): Promise<JudgedRecording[]> {
  const found = await Promise.all(access.recordings.map((cover) => store.recording(cover.uid)));
  return found.flatMap((one) => (one ? [{ ...one.recording, accesses: [access.uid] }] : []));
}

async function findingsOf(uid: string, store: Store): Promise<Finding[]> {
  const found: Finding[] = [];
  for await (const { finding } of store.findings()) if (finding.subject.uid === uid) found.push(finding);
  return found;
}
