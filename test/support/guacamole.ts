/** Synthetic recordings of Guacamole, written by what its source says of both formats. */
export const OPENED = Date.parse('2026-11-22T10:00:00.250Z');
export const UUID = '5b7c0f7e-3a51-4c1f-9d6e-2f5f0f0c8a11';

/** One instruction; lengths count characters. */
export function instruction(...elements: readonly (string | number)[]): string {
  return `${elements.map((one) => `${[...String(one)].length}.${one}`).join(',')};`;
}

export function sync(atMs: number): string {
  return instruction('sync', atMs, 1);
}

export function frame(at: number): string {
  return [
    instruction('img', 1, 14, 0, 'image/png', 0, 16 * at),
    instruction('blob', 1, Buffer.from(`picture ${at}`.repeat(8)).toString('base64')),
    instruction('end', 1),
    sync(OPENED + 200 * at),
  ].join('');
}

export const LAST_FRAME = frame(30);

/** A whole dump, which has no end of its own. */
export function dump(frames = 30): string {
  const shown = Array.from({ length: frames }, (_, at) => frame(at));
  return instruction('size', 0, 1024, 768) + instruction('name', 'web01 é') + shown.join('') + LAST_FRAME;
}

/** A typescript and its timing. */
export function typescript(blocks: readonly string[]): { readonly data: string; readonly timing: string } {
  return {
    data: `[BEGIN TYPESCRIPT]\n${blocks.join('')}\n[END TYPESCRIPT]\n`,
    timing: blocks.map((block) => `0.500000 ${Buffer.byteLength(block)}\n`).join(''),
  };
}

export const BLOCKS: readonly string[] = Array.from({ length: 20 }, (_, at) => `$ echo ${at}\r\n${at}\r\n`);
