// The stage: three real MariaDB servers, an application's data, a nightly dump made with the real
// dump tool, and Interlock in front. db1 ⇄ db2 replicate from each other, replica1 from db1.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createLogger } from '../admin/log.js';
import { compose, type Interlock } from '../compose.js';
import { loadConfig } from '../config/load.js';
import { InterlockError } from '../errors.js';
import { createAccount, createMonitorAccount } from '../lab/accounts.js';
import type { Lab } from '../lab/lab.js';
import { freePort } from '../lab/ports.js';
import { run } from '../lab/program.js';
import { replicate, sever, untilCaughtUp } from '../lab/replication.js';
import type { LabServer } from '../lab/server.js';

export const SCHEMA = 'shop';
const TABLES = ['customers', 'products', 'orders', 'order_lines'] as const;
const MONITOR = { user: 'interlock', password: 'demo-monitor' } as const;
/** The DBA's account on the servers, the same directly and through Interlock. */
export const DBA = { user: 'dba', password: 'demo-dba' } as const;

export interface Stage {
  readonly lab: Lab;
  readonly db1: LabServer;
  readonly db2: LabServer;
  readonly replica1: LabServer;
  readonly dumpFile: string;
  /** The GTID position that the dump stands for. */
  readonly dumpGtid: string;
  readonly configFile: string;
  /** Where Interlock listens for db1 and db2. */
  readonly ports: { readonly db1: number; readonly db2: number; readonly metrics: number };
  readonly auditFile: string;
  readonly interlock: Interlock;
}

/** Starts everything; `progress` hears what is under way. */
export async function setStage(
  lab: Lab,
  process: { readonly version: string; readonly pid: number },
  progress: (text: string) => void,
): Promise<Stage> {
  progress('starting three MariaDB servers');
  const line = 'mariadb-10.11';
  const [db1, db2, replica1] = await Promise.all([
    lab.start({ line, name: 'db1', serverId: 1 }),
    lab.start({ line, name: 'db2', serverId: 2 }),
    lab.start({ line, name: 'replica1', serverId: 3, options: ['--read-only=1'] }),
  ]);
  for (const server of [db1, db2, replica1]) {
    await createMonitorAccount(server, MONITOR);
    await createAccount(server, { ...DBA, rights: ['ALL PRIVILEGES'] });
  }
  progress('linking db1 ⇄ db2 and db1 → replica1');
  await replicate({ consumer: db2, source: db1 });
  await replicate({ consumer: db1, source: db2 });
  await replicate({ consumer: replica1, source: db1 });
  progress('filling the shop with customers and orders');
  await fillShop(db1);
  await everyoneHasWhat({ db1, db2, replica1 });
  progress('dumping the shop with mariadb-dump');
  const { dumpFile, dumpGtid } = await dumpShop(lab, db1);
  progress('starting Interlock in front of db1 and db2');
  const files = await configure(lab, { db1, db2, replica1 });
  const interlock = await startInterlock(files.configFile, process);
  return { lab, db1, db2, replica1, dumpFile, dumpGtid, interlock, ...files };
}

/** Rows of the whole shop on one server; 0 where the schema or its tables are gone. */
export async function rowsOf(server: LabServer): Promise<number> {
  let rows = 0;
  for (const table of TABLES) rows += await rowsOfTable(server, table);
  return rows;
}

/** One number that differs when any row of the shop does. */
export async function checksumOf(server: LabServer): Promise<string> {
  const names = TABLES.map((table) => `${SCHEMA}.${table}`).join(', ');
  const rows = await server.query(`CHECKSUM TABLE ${names}`);
  return rows.map((row) => String(row.Checksum)).join('-');
}

/** The application goes on selling: rows that no dump has yet. */
export async function sellMore(server: LabServer, orders: number): Promise<void> {
  await server.query(
    `INSERT INTO ${SCHEMA}.orders (customer, placed, total)
     SELECT 1 + seq % 500, NOW(), seq FROM ${SCHEMA}.seq_1_to_${orders}`,
  );
}

/** After the damage of act 1: the dump and a clean set of links, the lab's own way. */
export async function putBack(
  stage: Pick<Stage, 'db1' | 'db2' | 'replica1' | 'dumpFile'>,
): Promise<void> {
  const { db1, db2, replica1, dumpFile } = stage;
  const { client } = db1.clientTools;
  await run(client, [...clientArgs(db1.port), '-e', `source ${dumpFile}`]);
  await everyoneHasWhat({ db1, db2, replica1 });
}

export async function everyoneHasWhat(
  servers: Pick<Stage, 'db1' | 'db2' | 'replica1'>,
): Promise<void> {
  const { db1, db2, replica1 } = servers;
  await untilCaughtUp({ consumer: db1, source: db2 });
  await untilCaughtUp({ consumer: db2, source: db1 });
  await untilCaughtUp({ consumer: replica1, source: db1 });
}

/** Severs the pair both ways: RESET … ALL on each, which is what severed means (docs/links.md). */
export async function severBothWays({ db1, db2 }: Pick<Stage, 'db1' | 'db2'>): Promise<void> {
  await sever(db1);
  await sever(db2);
}

/** What the real client needs to reach a port, as the DBA. */
export function clientArgs(port: number): readonly string[] {
  return ['--host=127.0.0.1', `--port=${port}`, `--user=${DBA.user}`, `--password=${DBA.password}`];
}

async function rowsOfTable(server: LabServer, table: string): Promise<number> {
  try {
    const [row] = await server.query(`SELECT COUNT(*) AS n FROM ${SCHEMA}.${table}`);
    return Number(row?.n ?? 0);
  } catch {
    return 0;
  }
}

async function fillShop(server: LabServer): Promise<void> {
  const create = (table: string, columns: string): string =>
    `CREATE TABLE ${SCHEMA}.${table} (id INT AUTO_INCREMENT PRIMARY KEY, ${columns})`;
  await server.execute(
    `CREATE DATABASE ${SCHEMA}`,
    create('customers', 'name VARCHAR(60), since DATE'),
    create('products', 'title VARCHAR(60), price DECIMAL(8,2)'),
    create('orders', 'customer INT, placed DATETIME, total DECIMAL(10,2)'),
    create('order_lines', 'orders INT, product INT, pieces INT, note VARCHAR(80)'),
    `INSERT INTO ${SCHEMA}.customers (name, since)
     SELECT CONCAT('Customer ', seq), '2014-01-01' + INTERVAL seq DAY FROM ${SCHEMA}.seq_1_to_500`,
    `INSERT INTO ${SCHEMA}.products (title, price)
     SELECT CONCAT('Product ', seq), seq * 1.25 FROM ${SCHEMA}.seq_1_to_100`,
    `INSERT INTO ${SCHEMA}.orders (customer, placed, total)
     SELECT 1 + seq % 500, '2016-03-01' + INTERVAL seq MINUTE, seq FROM ${SCHEMA}.seq_1_to_4000`,
    `INSERT INTO ${SCHEMA}.order_lines (orders, product, pieces, note)
     SELECT 1 + seq % 4000, 1 + seq % 100, 1 + seq % 7, CONCAT('it''s line ', seq)
     FROM ${SCHEMA}.seq_1_to_16000`,
  );
}

async function dumpShop(
  lab: Lab,
  server: LabServer,
): Promise<{ readonly dumpFile: string; readonly dumpGtid: string }> {
  const dumpFile = join(lab.folder, 'shop.sql');
  const how = ['--single-transaction', '--gtid', '--master-data=2', '--add-drop-database'];
  const { dump } = server.clientTools;
  const args = [...clientArgs(server.port), ...how, '--databases', SCHEMA];
  const { stdout } = await run(dump, args);
  await writeFile(dumpFile, stdout);
  const gtid = /gtid_slave_pos\s*=\s*'([^']*)'/i.exec(stdout)?.[1];
  if (gtid === undefined) {
    throw new InterlockError('LAB_FAILED', 'the dump names no gtid_slave_pos to link again from');
  }
  return { dumpFile, dumpGtid: gtid };
}

/** Where whoever keeps the demo may write rules. */
export function ownRulesFile(configFile: string): string {
  return join(dirname(configFile), 'rules', 'yours.yaml');
}

const OWN_RULES = `# Your rules: each one is in force a moment after you have written it (docs/first-rule.md).
`;

async function configure(
  lab: Lab,
  { db1, db2, replica1 }: Pick<Stage, 'db1' | 'db2' | 'replica1'>,
): Promise<Pick<Stage, 'configFile' | 'ports' | 'auditFile'>> {
  const ports = { db1: await freePort(), db2: await freePort(), metrics: await freePort() };
  const passwordFile = join(lab.folder, 'monitor-password');
  await writeFile(passwordFile, `${MONITOR.password}\n`, { mode: 0o600 });
  const auditFile = join(lab.folder, 'audit.jsonl');
  const configFile = join(lab.folder, 'interlock.yaml');
  const server = ({ name, port }: LabServer, listen?: number): string =>
    `  ${name}: { address: 127.0.0.1:${port}${listen ? `, listen: 127.0.0.1:${listen}` : ''} }`;
  const text = [
    'servers:',
    server(db1, ports.db1),
    server(db2, ports.db2),
    server(replica1),
    `monitor: { user: ${MONITOR.user}, passwordFile: ${passwordFile} }`,
    'links: { freshness: 1s, deadline: 2s }',
    `metrics: { listen: 127.0.0.1:${ports.metrics} }`,
    `admin: { socket: ${join(lab.folder, 'admin.sock')} }`,
    'rules: [default, ./rules]',
    `audit: { file: ${auditFile} }`,
    '',
  ];
  await writeFile(configFile, text.join('\n'));
  await mkdir(join(lab.folder, 'rules'));
  await writeFile(ownRulesFile(configFile), OWN_RULES);
  return { configFile, ports, auditFile };
}

async function startInterlock(
  configFile: string,
  { version, pid }: { readonly version: string; readonly pid: number },
): Promise<Interlock> {
  const loaded = loadConfig(configFile);
  if (loaded.kind === 'broken') {
    const [error] = loaded.errors;
    throw new InterlockError('CONFIG_INVALID', error?.message ?? 'the demo’s own configuration');
  }
  const log = createLogger({ level: 'silent', pretty: false });
  return compose({ config: loaded.value, env: {}, log, version, pid });
}
