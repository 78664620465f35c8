// The naive program's job in SQL. DuckDB is no dependency: it is loaded from the untracked folder of peers.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PEERS } from '../places.ts';

interface Connection {
  run(sql: string): Promise<unknown>;
  runAndReadAll(sql: string): Promise<{ getRows(): readonly (readonly unknown[])[] }>;
}

interface DuckDb {
  readonly DuckDBInstance: { create(path: string): Promise<{ connect(): Promise<Connection> }> };
}

const [folder = '.'] = process.argv.slice(2);
const data = join(folder, 'data');
const scope = JSON.parse(readFileSync(join(folder, 'settings', 'scope.json'), 'utf8')) as {
  readonly ordinary: readonly string[];
  readonly toleranceS: number;
};
const { DuckDBInstance } = createRequire(join(PEERS, 'package.json'))('@duckdb/node-api') as DuckDb;
const database = await (await DuckDBInstance.create(':memory:')).connect();
const ordinary = scope.ordinary.map((name) => `'${name}'`).join(', ');
const tolerance = scope.toleranceS;

const csv = `read_csv('${data}/auth.log', columns = {'line': 'VARCHAR'}, delim = '\\x01', header = false, quote = '', escape = '', auto_detect = false, strict_mode = false)`;
const pattern = String.raw`^(\w{3} [ \d]\d \d\d:\d\d:\d\d) (\S+) sshd(?:-session)?\[(\d+)\]: Accepted \S+ for (\S+) from `;
const journal = `read_json('${data}/journal.ndjson', format = 'newline_delimited', columns = {MESSAGE: 'VARCHAR', _HOSTNAME: 'VARCHAR', _PID: 'VARCHAR', __REALTIME_TIMESTAMP: 'BIGINT', SYSLOG_IDENTIFIER: 'VARCHAR'})`;
const trail = `read_json('${data}/cloudtrail.ndjson', format = 'newline_delimited', columns = {eventName: 'VARCHAR', responseElements: 'JSON'})`;
const tlog = `read_json('${data}/recordings/tlog/rec.log', format = 'newline_delimited', columns = {host: 'VARCHAR', "user": 'VARCHAR', "time": 'DOUBLE', id: 'INT', rec: 'VARCHAR'})`;

const steps = [
  'SET threads = 1',
  `CREATE TABLE login AS
     SELECT epoch(strptime('2026 ' || part.at, '%Y %b %d %H:%M:%S')) AS moment, part.host, part.pid, part.account
     FROM (SELECT regexp_extract(line, '${pattern}', ['at', 'host', 'pid', 'account']) AS part FROM ${csv} WHERE contains(line, ']: Accepted '))
     WHERE part.host <> ''`,
  `INSERT INTO login
     SELECT __REALTIME_TIMESTAMP / 1e6, _HOSTNAME, _PID, regexp_extract(MESSAGE, '^Accepted \\S+ for (\\S+) from ', 1)
     FROM ${journal} WHERE SYSLOG_IDENTIFIER LIKE 'sshd%' AND starts_with(MESSAGE, 'Accepted ')`,
  `DELETE FROM login WHERE account IN (${ordinary})`,
  `CREATE TABLE recording AS SELECT host, "user" AS account, "time" AS moment, rec FROM ${tlog} WHERE id = 1`,
  // Buckets of twice the tolerance keep the join from comparing everything with everything.
  `CREATE TABLE candidate AS
     SELECT l.host, l.pid, l.moment, r.rec, abs(l.moment - r.moment) AS distance
     FROM (SELECT *, unnest([floor(moment / ${2 * tolerance}) - 1, floor(moment / ${2 * tolerance}), floor(moment / ${2 * tolerance}) + 1]) AS bucket FROM login) l
     JOIN (SELECT *, floor(moment / ${2 * tolerance}) AS bucket FROM recording) r
       ON l.host = r.host AND l.account = r.account AND l.bucket = r.bucket
     WHERE abs(l.moment - r.moment) <= ${tolerance}`,
  `CREATE TABLE pair AS SELECT host, pid, moment, rec FROM candidate
     QUALIFY row_number() OVER (PARTITION BY host, pid, moment ORDER BY distance, rec) = 1
         AND row_number() OVER (PARTITION BY rec ORDER BY distance, host, pid, moment) = 1`,
];
for (const step of steps) await database.run(step);
const missing = [
  'SELECT host, pid, moment FROM login ANTI JOIN pair USING (host, pid, moment)',
  `SELECT responseElements->>'sessionId' AS session FROM ${trail}
     WHERE eventName = 'StartSession' AND (responseElements->>'sessionId') NOT IN
       (SELECT regexp_extract(file, '([^/]+)\\.log$', 1) FROM glob('${data}/recordings/ssm/*.log'))`,
];
for (const query of missing) {
  for (const row of (await database.runAndReadAll(query)).getRows())
    process.stdout.write(`unrecorded ${row.map(String).join(' ')}\n`);
}
process.exit(0);
