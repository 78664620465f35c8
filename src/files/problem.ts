/** Something that could not be read, or not wholly. */
export interface FileProblem {
  /** The file, with `:line:column` where the place inside it is known. */
  readonly path: string;
  readonly code: FileProblemCode;
  /** For a person; never holds content of the file. */
  readonly message: string;
}

export type FileProblemCode =
  | 'missing'
  | 'denied'
  | 'loop'
  | 'io'
  | 'bad-name'
  | 'not-a-file'
  | 'too-deep'
  | 'too-many'
  | 'manifest'
  | 'changed'
  | 'cut'
  | 'damaged'
  | 'aborted';

const MESSAGES: Readonly<Record<FileProblemCode, string>> = {
  missing: 'there is no such file',
  denied: 'reading is not permitted',
  loop: 'symbolic links lead in a circle',
  io: 'reading failed',
  'bad-name': 'the name is not valid UTF-8, so the file cannot be opened',
  'not-a-file': 'this is neither a file nor a folder',
  'too-deep': 'folders are nested too deep',
  'too-many': 'there are too many files',
  manifest: 'the manifest cannot be used',
  changed: 'the file was replaced or truncated while it was being read',
  cut: 'the gzip stream ends before its trailer',
  damaged: 'the gzip stream is damaged',
  aborted: 'reading was stopped',
};

/** A problem in the words of its code, or in given ones. */
export function fileProblem(path: string, code: FileProblemCode, message = MESSAGES[code]): FileProblem {
  return { path, code, message };
}

/** What an error of the file system or of zlib means; errors of this program are thrown on. */
export function toFileProblem(path: string, error: unknown): FileProblem {
  if (error instanceof RefusedFile) return fileProblem(path, error.code);
  const system = systemCode(error);
  if (system === null) throw error;
  const code = CODES[system] ?? 'io';
  return fileProblem(path, code, code === 'io' ? `${MESSAGES.io} (${system})` : MESSAGES[code]);
}

const CODES: Readonly<Record<string, FileProblemCode>> = {
  ENOENT: 'missing',
  ENOTDIR: 'missing',
  EACCES: 'denied',
  EPERM: 'denied',
  ELOOP: 'loop',
  ENXIO: 'not-a-file',
  Z_BUF_ERROR: 'cut',
  Z_DATA_ERROR: 'damaged',
};

/** The errno name of a system error, e.g. `ENOENT`; null for any other error. */
export function systemCode(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return typeof code === 'string' && /^[EZ]_?[A-Z0-9_]{2,20}$/.test(code) && !code.startsWith('ERR_')
    ? code
    : null;
}

/** Thrown within this folder where a file is refused though the system would open it. */
export class RefusedFile extends Error {
  readonly code: FileProblemCode;

  constructor(code: FileProblemCode) {
    super(MESSAGES[code]);
    this.code = code;
  }
}
