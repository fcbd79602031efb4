// Builders for the tests of residue: rows as SHOW BINLOG EVENTS gives them, logs read from them,
// and where consumers stand.
import { NO_GTIDS } from '../../src/residue/gtid-set.js';
import { BinlogScan } from '../../src/residue/scan.js';
import { SourceLog } from '../../src/residue/source-log.js';
import type { Standing } from '../../src/residue/standing.js';
import type { Dialect } from '../../src/sql/dialect.js';
import type { Row } from '../../src/topology/rows.js';

export const MARIADB: Dialect = { flavour: 'mariadb', version: 101_119 };
export const MYSQL: Dialect = { flavour: 'mysql', version: 90_704 };
export const UUID = '00000000-0000-0000-0000-000000000001';

/** [type, text] or [type, text, server id]: each event is ten bytes long, the first at 4. */
export type Event = readonly [string, string, number?];

export function rowsOf(events: readonly Event[], from = 4): readonly Row[] {
  return events.map(([type, info, serverId = 1], index) => ({
    Pos: from + index * 10,
    Event_type: type,
    Server_id: serverId,
    End_log_pos: from + (index + 1) * 10,
    Info: info,
  }));
}

export function logOf(dialect: Dialect, events: readonly Event[], file = 'binlog.000001') {
  const scan = new BinlogScan(dialect, file);
  const log = new SourceLog({ file, position: 4 });
  log.take(scan.take(rowsOf(events)));
  log.header = scan.header;
  log.cursor = scan.next;
  log.domains = scan.domains;
  return log;
}

export function gtid(number: number): Event {
  return ['Gtid', `SET @@SESSION.GTID_NEXT= '${UUID}:${number}'`];
}

export function standing(changes: Partial<Standing> = {}): Standing {
  return { serverId: 2, by: 'gtid', executed: NO_GTIDS, skipsOne: false, ...changes };
}
