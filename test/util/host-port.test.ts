import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAddress, parseHostPort } from '../../src/util/host-port.ts';

test('a host and its port, with brackets around IPv6', () => {
  assert.deepEqual(parseHostPort('web01:3022'), { host: 'web01', port: 3022 });
  assert.deepEqual(parseHostPort('[2001:db8::1]:22'), { host: '2001:db8::1', port: 22 });
  assert.deepEqual(parseHostPort('[fe80::1%eth0]:22'), { host: 'fe80::1%eth0', port: 22 });
  assert.deepEqual(parseHostPort('10.0.0.1:0'), { host: '10.0.0.1', port: null });
  assert.deepEqual(parseHostPort('10.0.0.1:65536'), { host: '10.0.0.1', port: null });
  for (const text of ['', ':22', 'web01', 'web01:', '2001:db8::1', '2001:db8::1:22', '[web01]:22', 'a:22 '])
    assert.equal(parseHostPort(text), null, text);
});

test('an address with and without a port; names are none', () => {
  assert.deepEqual(parseAddress('10.0.0.1:22'), { ip: '10.0.0.1', port: 22 });
  assert.deepEqual(parseAddress('2001:db8::1'), { ip: '2001:db8::1', port: null });
  assert.deepEqual(parseAddress('[::FFFF:10.0.0.1]:22'), { ip: '10.0.0.1', port: 22 });
  for (const text of ['', 'web01:22', 'web01', '10.0.0.256:22', 'x'.repeat(10_000)])
    assert.equal(parseAddress(text), null);
});
