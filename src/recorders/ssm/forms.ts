/**
 * How sessions stand in a file: `transcript` as the agent uploads it; `lines` of JSON, one message each; `export` of a
 * log group to a bucket, a time before each message; `events` as the API of CloudWatch Logs answers.
 */
export type Form = 'transcript' | 'lines' | 'export' | 'events';

/** The form of a file that begins with these bytes; whatever is in no other form is taken for a transcript. */
export function formOf(head: Uint8Array): Form {
  const text = headText(head);
  if (EXPORTED.test(text)) return 'export';
  if (EVENTS.test(text)) return 'events';
  return text.startsWith('{') ? 'lines' : 'transcript';
}

/** True where the first bytes show messages of a streamed session in this form. */
export function showsMessages(form: Form, head: Uint8Array): boolean {
  const text = headText(head);
  if (form === 'events') return text.includes('\\"sessionData\\":');
  const hasMessage = text.includes('"sessionData":') && text.includes('"sessionId":');
  return form === 'lines' ? hasMessage : form === 'export' && hasMessage && STREAMED.test(text);
}

/** True where the first bytes show a transcript: of util-linux script, or of PowerShell. */
export function showsTranscript(form: Form, head: Uint8Array): boolean {
  const text = headText(head);
  if (form === 'transcript') return BEGINS.test(text);
  if (form === 'export') return BEGINS.test(text.slice(text.indexOf(' ') + 1));
  return form === 'events' && /"message"\s{0,4}:\s{0,4}"Script started on /.test(text);
}

/** Names of log streams in the first bytes of an answer of the API. */
export function streamNames(head: Uint8Array): readonly string[] {
  return [...headText(head).matchAll(/"logStreamName"\s{0,4}:\s{0,4}"([^"\\]{1,512})"/g)].map(
    (match) => match[1] ?? '',
  );
}

/** Where the list of events begins in the first bytes of an answer of the API: behind its bracket, else null. */
export function eventsStart(head: Uint8Array): number | null {
  const match = EVENTS.exec(headText(head));
  return match === null ? null : match[0].length;
}

// A time of CloudWatch Logs and a space; what follows is the message.
export const EXPORTED = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /;
const EVENTS = /^\s{0,64}\{[^[]{0,4096}?"events"\s{0,16}:\s{0,16}\[/;
const STREAMED = /^\S{24} \{/;
const BEGINS =
  /^(?:Script started on |(?:\xef\xbb\xbf)?\*{10,64}\r?\n(?:Windows )?PowerShell transcript start\r?\n)/;

/** How many first bytes tell the form: white space and a key or two before a list take far less. */
export const FORM_BYTES = 8 * 1024;
// Recognition is given 64 KiB; names of streams stand behind the messages of an answer's first event.
const HEAD_BYTES = 64 * 1024;

/** latin1 keeps one character for each byte. */
function headText(head: Uint8Array): string {
  return Buffer.from(head.subarray(0, HEAD_BYTES)).toString('latin1');
}
