import { utimesSync, writeFileSync } from 'node:fs';

/** A transcript as Session Manager uploads it at the session's end (epoch ms), which its file's time tells. */
export function writeTranscript(path: string, end: number): void {
  const clock = new Date(end).toISOString().slice(0, 19).replace('T', ' ');
  const begin = `Script started on ${clock}+00:00 [COMMAND="cat ipcTempFile.log" <not executed on terminal>]`;
  const shown = 'sh-5.2$ id -u\r\r\n1001\r\r\nsh-5.2$ exit\r\r\nexit\r\r\n\r\n';
  writeFileSync(path, `${begin}\n${shown}\nScript done on ${clock}+00:00 [COMMAND_EXIT_CODE="0"]\n`);
  utimesSync(path, new Date(end + 2_000), new Date(end + 2_000));
}
