import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MESSAGE_LIMIT, MessageFramer } from '../../src/receive/framer.ts';
import { findCertificateName } from '../../src/receive/identity.ts';
import { toLines } from '../../src/receive/lines.ts';

interface Read {
  readonly messages: string[];
  readonly cut: number;
  readonly broken: boolean;
}

function read(chunks: readonly Uint8Array[]): Read {
  const framer = new MessageFramer();
  const parts = [...chunks.map((chunk) => framer.push(chunk)), framer.end()];
  return {
    messages: parts.flatMap((part) => part.messages.map((one) => Buffer.from(one).toString('latin1'))),
    cut: parts.reduce((sum, part) => sum + part.cut, 0),
    broken: parts.at(-1)?.broken ?? false,
  };
}

function pieces(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

describe('framing', () => {
  it('a length in front or a line feed behind, settled by how the connection begins', () => {
    assert.deepEqual(read([Buffer.from('5 <1>ab7 <1>a\nb\n')]).messages, ['<1>ab', '<1>a\nb\n']);
    assert.deepEqual(read([Buffer.from('<1>a\n5 bc\n')]).messages, ['<1>a', '5 bc']);
    assert.deepEqual(read([Buffer.from('2026-11-22T10:00:00Z a\n')]).messages, ['2026-11-22T10:00:00Z a']);
  });

  it('any pieces give the same messages, and any bytes give something', () => {
    const octets = fc
      .array(fc.uint8Array({ minLength: 1, maxLength: 40 }))
      .map((all) => Buffer.concat(all.flatMap((one) => [Buffer.from(`${one.length} `), one])));
    const bytes = fc.oneof(octets, fc.uint8Array({ maxLength: 200 }));
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(), { maxLength: 12 }), (whole, cuts) => {
        assert.deepEqual(read(pieces(whole, cuts)), read([whole]));
      }),
    );
  });

  it('messages come out as they were framed', () => {
    const messages = fc.array(fc.uint8Array({ minLength: 1, maxLength: 80 }), { minLength: 1 });
    fc.assert(
      fc.property(messages, (all) => {
        const whole = Buffer.concat(all.flatMap((one) => [Buffer.from(`${one.length} `), one]));
        assert.deepEqual(
          read([whole]).messages,
          all.map((one) => Buffer.from(one).toString('latin1')),
        );
      }),
    );
  });

  it('a message of the limit is whole, one byte more is cut, whichever way it is framed', () => {
    const text = 'x'.repeat(MESSAGE_LIMIT);
    for (const [longer, cut] of [
      ['', 0],
      ['y', 1],
    ] as const) {
      const line = read([Buffer.from(`<${text.slice(1)}${longer}\nnext\n`)]);
      assert.deepEqual([line.cut, line.messages[0]?.length, line.messages[1]], [cut, MESSAGE_LIMIT, 'next']);
      const counted = read([Buffer.from(`${text.length + longer.length} ${text}${longer}4 next`)]);
      assert.deepEqual([counted.cut, counted.messages], [cut, [text, 'next']]);
    }
  });

  it('a wrong length breaks the connection, and so does an end within a message', () => {
    assert.equal(read([Buffer.from('3 abc<1>d')]).broken, true);
    assert.equal(read([Buffer.from('9 abc')]).broken, true);
    assert.equal(read([Buffer.from('3 abc')]).broken, false);
  });
});

describe('lines', () => {
  it('a line feed or NUL within a message makes no second line', () => {
    const { bytes, count } = toLines([Buffer.from('a\nb\0c\r\n'), Buffer.from('\n'), Buffer.from('d')]);
    assert.deepEqual([Buffer.from(bytes).toString(), count], ['a#012b#000c\nd\n', 2]);
  });
});

describe('names in certificates', () => {
  const nameOf = (subjectAltName: string | undefined, subject = 'CN=other') =>
    findCertificateName({ subjectAltName, subject });

  it('the DNS name counts, and the common name only where there is none', () => {
    assert.equal(nameOf('DNS:Web01.example.org, IP Address:10.0.0.1'), 'web01.example.org');
    assert.equal(nameOf(undefined, 'O=x\nCN=web01'), 'web01');
    assert.equal(nameOf('IP Address:10.0.0.1', 'CN=web01'), null);
  });

  it('wildcards, quoted names, paths and two common names name nobody', () => {
    for (const name of ['DNS:*.example.org', 'DNS:"a, DNS:web01, DNS:b"', 'DNS:../web01', 'DNS:..'])
      assert.equal(nameOf(name), null, name);
    assert.equal(nameOf(undefined, 'CN=web01\nCN=db01'), null);
  });
});
