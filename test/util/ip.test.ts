import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { contains, parseCidr, parseIp } from '../../src/util/ip.ts';

test('the spellings of one address are equal', () => {
  const same = [
    ['10.0.0.1', '::ffff:10.0.0.1'],
    ['10.0.0.1', '::FFFF:a00:1'],
    ['2001:db8::1', '2001:0DB8:0:0:0:0:0:1'],
    ['::', '0:0:0:0:0:0:0:0'],
    ['fe80::1', 'fe80::1%eth0'],
    ['64:ff9b::1.2.3.4', '64:ff9b::102:304'],
  ] as const;
  for (const [one, other] of same) {
    assert.notEqual(parseIp(one), null, one);
    assert.deepEqual(parseIp(one), parseIp(other), other);
  }
});

test('what is no address is refused', () => {
  const refused = [
    '10.0.0 10.0.0.256 10.0.0.1.2 10.0.0.01 010.0.0.1 0x7f.0.0.1 ::: 1::2::3 1:2:3:4:5:6:7 1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8 12345:: g:: 1.2.3.4:: ::1.2.3.4:5 ::1.2.3.400 localhost %eth0 ::%',
  ].flatMap((line) => line.split(' '));
  for (const text of ['', ' 10.0.0.1', ...refused]) assert.equal(parseIp(text), null, text);
});

test('a block holds the addresses of its length and no other', () => {
  const table = [
    ['10.0.0.0/8', '10.255.255.255', '11.0.0.0'],
    ['10.0.0.77/24', '10.0.0.1', '10.0.1.1'],
    ['10.0.0.7', '10.0.0.7', '10.0.0.8'],
    ['0.0.0.0/0', '255.255.255.255', '::1'],
    ['2001:db8::/32', '2001:db8:ffff::1', '2001:db9::1'],
    ['::/0', 'fe80::1', '10.0.0.1'],
    ['::ffff:10.0.0.0/104', '10.1.2.3', '11.0.0.1'],
    ['10.0.0.0/8', '::ffff:10.1.2.3', '::10.1.2.3'],
  ] as const;
  for (const [block, inside, outside] of table) {
    const cidr = parseCidr(block);
    const [within, beyond] = [parseIp(inside), parseIp(outside)];
    assert.ok(cidr !== null && within !== null && beyond !== null, block);
    assert.equal(contains(cidr, within), true, `${inside} in ${block}`);
    assert.equal(contains(cidr, beyond), false, `${outside} in ${block}`);
  }
});

test('what is no block is refused', () => {
  for (const text of [
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/',
    '10.0.0.0/08',
    '10.0.0.0/8/8',
    '/8',
    '::ffff:10.0.0.0/95',
  ]) {
    assert.equal(parseCidr(text), null, text);
  }
});

test('any text gives an address or null', () => {
  fc.assert(fc.property(fc.string(), (text) => void [parseIp(text), parseCidr(text)]));
  fc.assert(fc.property(fc.ipV4(), (text) => parseIp(text)?.version === 4));
  fc.assert(fc.property(fc.ipV6(), (text) => parseIp(text) !== null));
});
