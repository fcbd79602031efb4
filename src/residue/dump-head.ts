// What the head of a dump says of the server it was taken from: GTIDs and coordinates, as mysqldump
// and mariadb-dump write them, commented out or not. Pure.
import { parseDomainGtids } from './domains.js';
import { parseGtidSet } from './gtid-set.js';
import type { Place } from './place.js';

/** Both tools write it before the first table. */
export const DUMP_HEAD_BYTES = 256 * 1024;

export interface DumpHead {
  /** MySQL: what gtid_purged must be set to. */
  readonly purged?: string;
  /** MariaDB: what gtid_slave_pos must be set to. */
  readonly slavePos?: string;
  readonly place?: Place;
  /** It switches logging off in the session that reads it. */
  readonly unlogged: boolean;
}

export function readDumpHead(text: string): DumpHead {
  // A GTID set goes over several lines, each of them begun anew in a comment.
  const flat = text.replaceAll(/\n-- */g, '\n');
  const purged = /GTID_PURGED\s*=\s*(?:\/\*!80000 '\+'\*\/\s*)?'([^']*)'/i.exec(flat)?.[1];
  const slavePos = /gtid_slave_pos\s*=\s*'([^']*)'/i.exec(flat)?.[1];
  const file = /(?:SOURCE|MASTER)_LOG_FILE\s*=\s*'([\w.-]+)'/i.exec(flat)?.[1];
  const position = /(?:SOURCE|MASTER)_LOG_POS\s*=\s*(\d+)/i.exec(flat)?.[1];
  const set = purged?.replaceAll(/\s/g, '');
  return {
    ...(set !== undefined && parseGtidSet(set) !== undefined ? { purged: set } : {}),
    ...(slavePos !== undefined && parseDomainGtids(slavePos) !== undefined ? { slavePos } : {}),
    ...(file === undefined || position === undefined
      ? {}
      : { place: { file, position: Number(position) } }),
    unlogged: /SQL_LOG_BIN\s*=\s*0/i.test(flat),
  };
}
