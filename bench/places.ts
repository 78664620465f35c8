import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Generated data, results and peers that are no dependencies; untracked. */
export const VAR = join(ROOT, 'bench', 'var');
export const PEERS = join(VAR, 'peers');
/** Programs are looked for among the untracked peers first. */
export const SEARCH_PATH = [join(PEERS, 'usr', 'bin'), process.env['PATH'] ?? ''].join(delimiter);
export const MAIN = join(ROOT, 'src', 'main.ts');
export const SCRATCH = join(VAR, 'scratch');
