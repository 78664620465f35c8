import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseCef } from '../../src/sources/pam/cef.ts';
import { parseLeef } from '../../src/sources/pam/leef.ts';
import { mappings } from '../../src/sources/pam/mapping.ts';
import { pam } from '../../src/sources/pam/pam.ts';
import { controls, decodeFixture, fixture, line } from './provider-support.ts';
import { decodeText } from './support.ts';

const [CONNECT = ''] = fixture('pam/vault.log').toString().split('\n');
const escaped = (text: string): string => text.replace(/[\\|=]/g, '\\$&').replaceAll('\n', '\\n');

test('CyberArk: a session begins as JSON and ends as CEF', () => {
  const { events, rejects } = decodeFixture(pam, 'pam/vault.log');
  assert.deepEqual(rejects, []);
  assert.deepEqual(events.map(line), [
    'access.open ssh alice→root@web01',
    'access.close ssh alice→root@web01',
  ]);
  assert.equal(new Set(events.map(({ session }) => session.cloudSession)).size, 1);
  assert.deepEqual(events[0]?.origin, { ip: '198.51.100.7', port: null });
  assert.deepEqual(
    [events[0]?.program, events[0]?.detail.cloud?.provider, events[0]?.detail.cloud?.service],
    ['pam', 'pam', 'cyberark'],
  );
});

test('WALLIX, Delinea and BeyondTrust by their mappings; what was typed goes nowhere', () => {
  const decoded = decodeFixture(pam, 'pam/mixed.log');
  assert.deepEqual(decoded.rejects, []);
  assert.deepEqual(decoded.events.map(line), [
    'access.open ssh bob→postgres@db01',
    'access.close ssh bob→postgres@db01',
    'access.open rdp dave→admin@win01',
  ]);
  assert.deepEqual(controls(decoded), ['delinea:recording-disabled undefined off']);
  assert.equal(decoded.events[2]?.time, 1_795_347_000_000);
  assert.doesNotMatch(JSON.stringify(decoded.events), /hunter2/);
});

test('near misses are no session: another event, vendor or product', () => {
  const kinds = (text: string) => decodeText(pam, text).events.map(({ kind }) => kind);
  assert.deepEqual(kinds(CONNECT), ['access.open']);
  assert.deepEqual(kinds(CONNECT.replace('"300"', '"3000"').replace('PSM Connect', 'PSM Connecting')), []);
  assert.deepEqual(kinds(CONNECT.replace('Cyber-Ark', 'Cyber-Arc')), []);
  assert.deepEqual(kinds(CONNECT.replace('"Vault"', '"EPM"')), []);
});

test('a session that cannot be told is rejected and counted, not dropped', () => {
  const rejects = (text: string) => decodeText(pam, text).rejects.map(({ code, detail }) => [code, detail]);
  assert.deepEqual(rejects(CONNECT), []);
  assert.deepEqual(rejects(CONNECT.replace('Protocol=SSH', 'Protocol=X')), [
    ['unparsed-message', 'a session over a protocol that the mapping does not name'],
  ]);
  assert.deepEqual(rejects(CONNECT.replace('DstHost=web01;', '')), [
    ['unparsed-message', 'a session without a target'],
  ]);
});

test('two collectors give one event; another session is another', () => {
  const uid = (text: string) => decodeText(pam, text).events[0]?.uid;
  assert.equal(uid(CONNECT), uid(`\n\n${CONNECT}`));
  assert.notEqual(uid(CONNECT), uid(CONNECT.replace('SessionID=5', 'SessionID=6')));
});

test('CEF: escapes are undone, labels name values, quotes go', () => {
  const found = parseCef('CEF:0|A\\|B|P|1|7|N\\\\|5|a=x\\=y\\nz b="q r" cs1Label=Safe cs1=Root path=C:\\dir');
  assert.deepEqual([found?.vendor, found?.name], ['A|B', 'N\\']);
  assert.deepEqual(
    ['a', 'b', 'Safe', 'path'].map((key) => found?.fields.get(key)),
    ['x=y\nz', 'q r', 'Root', 'C:\\dir'],
  );
  assert.equal(parseCef('CEF:0|A|P|1|7|N|5'), null);
  assert.equal(parseCef('XCEF:0|A|P|1|7|N|5|'), null);
});

test('LEEF: tab in 1.0, the named delimiter in 2.0', () => {
  const a = (text: string) => parseLeef(text)?.fields.get('a');
  assert.equal(a('LEEF:1.0|V|P|1|id|a=1 2\tb=3'), '1 2');
  assert.equal(a('LEEF:2.0|V|P|1|id|^|a=1\t2^b=3'), '1\t2');
  assert.equal(a('LEEF:2.0|V|P|1|id|0x5E|a=1^b=3'), '1');
  assert.equal(a('LEEF:2.0|V|P|1|id||a=1\tb=3'), '1');
  assert.equal(parseLeef('LEEF:2.0|V|P|1|id|^'), null);
  assert.equal(parseLeef('LEEF:3.0|V|P|1|id|^|a=1'), null);
});

// Values as they come: trimmed, not in quotes, without a backslash that ends what stands before the next key.
const text = fc.string({ maxLength: 20 }).map((one) => one.trim().replace(/["\r\s]/g, '_'));

test('CEF and LEEF: what was escaped comes back', () => {
  fc.assert(
    fc.property(text, text, text, (vendor, one, two) => {
      const cef = parseCef(`CEF:0|${escaped(vendor)}|P|1|7|N|5|a=${escaped(one)} b=${escaped(two)}`);
      assert.deepEqual([cef?.vendor, cef?.fields.get('a'), cef?.fields.get('b')], [vendor, one, two]);
      const leef = parseLeef(`LEEF:1.0|${escaped(vendor)}|P|1|7|a=${escaped(one)}\tb=${escaped(two)}`);
      assert.deepEqual([leef?.vendor, leef?.fields.get('a'), leef?.fields.get('b')], [vendor, one, two]);
    }),
  );
});

test('CEF and LEEF: any text behind their beginning is read or is none', () => {
  const pieces = fc.array(fc.constantFrom('|', '\\', '=', ' ', '\t', 'a', '"', '^', '\n', 'é'), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(pieces, (parts) => {
      for (const start of ['CEF:0|', 'LEEF:1.0|', 'LEEF:2.0|']) {
        const found = parseCef(start + parts.join('')) ?? parseLeef(start + parts.join(''));
        assert.ok(found === null || parts.filter((part) => part === '|').length >= 4);
      }
    }),
  );
});

test('every mapping is whole, has a slug of its own and starts sessions', () => {
  const all = mappings();
  assert.equal(all.length, 4);
  assert.equal(new Set(all.map(({ slug }) => slug)).size, all.length);
  for (const { slug, events } of all)
    assert.ok(
      events.some(({ means }) => means === 'session-start'),
      slug,
    );
});
