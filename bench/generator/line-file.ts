import { closeSync, openSync, writeSync } from 'node:fs';

// 1 MiB of text per write: memory stays flat at any size of data.
const HELD_CHARACTERS = 1 << 20;

/** A file that is written line by line. Lines are ASCII. */
export class LineFile {
  readonly #file: number;
  #held: string[] = [];
  #heldCharacters = 0;
  lines = 0;
  bytes = 0;

  constructor(path: string) {
    this.#file = openSync(path, 'w');
  }

  write(line: string): void {
    this.#held.push(line, '\n');
    this.#heldCharacters += line.length + 1;
    this.lines++;
    this.bytes += line.length + 1;
    if (this.#heldCharacters >= HELD_CHARACTERS) this.#flush();
  }

  close(): void {
    this.#flush();
    closeSync(this.#file);
  }

  #flush(): void {
    const bytes = Buffer.from(this.#held.join(''), 'latin1');
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
    this.#held = [];
    this.#heldCharacters = 0;
  }
}
