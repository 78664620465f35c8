/** A transcript as Session Manager's agent uploads it, of a session that showed these lines. */
export function transcriptText(...lines: readonly string[]): string {
  const stamp = '2026-11-22 10:00:05+00:00';
  const header = `Script started on ${stamp} [COMMAND="cat ipcTempFile.log" <not executed on terminal>]\n`;
  const shown = lines.map((line) => `$ ${line}\r\n`).join('');
  return `${header}${shown}\nScript done on ${stamp} [COMMAND_EXIT_CODE="0"]\n`;
}

/** The same as it is where the upload broke off: without its footer. */
export function cutTranscript(...lines: readonly string[]): string {
  const text = transcriptText(...lines);
  return text.slice(0, text.lastIndexOf('\nScript done'));
}
