// The statements of a reseed in each server line's own words. Text only; accounts and passwords
// are never known here, so they are placeholders.
import type { ServerAnswer } from '../topology/snapshot.js';
import { termsOf } from '../topology/terms.js';
import type { Place } from './place.js';

/** From this version on MySQL has CHANGE REPLICATION SOURCE. */
const MYSQL_SOURCE_WORDS = 80_023;
/** From this version on MySQL has RESET BINARY LOGS AND GTIDS (RESET MASTER is gone in 8.4). */
const MYSQL_RESET_LOGS = 80_200;

export const USER_PLACEHOLDER = '<replication account>';
export const PASSWORD_PLACEHOLDER = '<its password>';

type Server = Pick<ServerAnswer, 'flavour' | 'version'>;

export function clearHistory({ flavour, version }: Server): string {
  const isNew = flavour === 'mysql' && version >= MYSQL_RESET_LOGS;
  return isNew ? 'RESET BINARY LOGS AND GTIDS' : 'RESET MASTER';
}

export function startStatement(server: Server): string {
  return termsOf(server).start;
}

export interface ChangeWords {
  readonly host: string;
  readonly port: number;
  readonly from: 'gtid' | 'unknown' | Place;
}

export function changeStatement(consumer: Server, change: ChangeWords): string {
  const isNew = consumer.flavour === 'mysql' && consumer.version >= MYSQL_SOURCE_WORDS;
  const word = isNew ? 'SOURCE' : 'MASTER';
  const verb = isNew ? 'CHANGE REPLICATION SOURCE TO' : 'CHANGE MASTER TO';
  const fields = [
    `${word}_HOST='${change.host}'`,
    `${word}_PORT=${change.port}`,
    `${word}_USER='${USER_PLACEHOLDER}'`,
    `${word}_PASSWORD='${PASSWORD_PLACEHOLDER}'`,
    ...beginFields(consumer, word, change.from),
    // Without TLS, caching_sha2_password hands a password over only under the source's key.
    ...(isNew ? ['GET_SOURCE_PUBLIC_KEY=1'] : []),
  ];
  return `${verb} ${fields.join(', ')}`;
}

function beginFields(
  { flavour }: Server,
  word: string,
  from: ChangeWords['from'],
): readonly string[] {
  if (from === 'gtid') {
    return [flavour === 'mariadb' ? 'MASTER_USE_GTID=slave_pos' : `${word}_AUTO_POSITION=1`];
  }
  const [file, position] =
    from === 'unknown'
      ? ['<file of the dump>', '<position of the dump>']
      : [from.file, from.position];
  const off = flavour === 'mariadb' ? 'MASTER_USE_GTID=no' : `${word}_AUTO_POSITION=0`;
  return [`${word}_LOG_FILE='${file}'`, `${word}_LOG_POS=${position}`, off];
}
