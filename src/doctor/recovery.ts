// Settings under which a dropped table could not be brought back from the binary log: the audit
// record's coordinates are worth what the log behind them is. Pure.
import { isOn } from '../topology/rows.js';
import type { ServerFinding } from './finding.js';
import type { ServerFacts } from './server-facts.js';

const DAY_SECONDS = 86_400;
/** A backup a week is the least that people make. */
export const DEFAULT_BACKUP_AGE_DAYS = 7;

interface Check {
  readonly isBad: (facts: ServerFacts, backupAgeDays: number) => boolean;
  readonly severity: ServerFinding['severity'];
  readonly message: (facts: ServerFacts, backupAgeDays: number) => string;
  readonly mend: string;
}

const value = ({ variables }: ServerFacts, name: string): string => variables.get(name) ?? '';

/** Seconds that a binary log is kept; Infinity: until somebody purges it. */
export function retentionSeconds(facts: ServerFacts): number {
  const seconds = Number(value(facts, 'binlog_expire_logs_seconds') || 0);
  const days = Number(value(facts, 'expire_logs_days') || 0);
  const kept = seconds > 0 ? seconds : days * DAY_SECONDS;
  return kept > 0 ? kept : Number.POSITIVE_INFINITY;
}

const CHECKS: readonly Check[] = [
  {
    isBad: (facts) => !isOn(value(facts, 'log_bin')),
    severity: 'error',
    message: () => 'the binary log is off: what is destroyed here cannot be brought back from it',
    mend: 'log_bin in the server’s configuration, and a restart',
  },
  {
    isBad: (facts) => value(facts, 'binlog_format').toUpperCase() === 'STATEMENT',
    severity: 'warning',
    message: () => 'binlog_format is STATEMENT: replaying it need not give the same rows',
    mend: 'binlog_format=ROW',
  },
  {
    isBad: (facts, days) => retentionSeconds(facts) < days * DAY_SECONDS,
    severity: 'error',
    message: (facts, days) =>
      `binary logs are kept for ${(retentionSeconds(facts) / DAY_SECONDS).toFixed(1)} days, and the ` +
      `oldest backup may be ${days} days old: between them nothing can be recovered`,
    mend: 'a longer binlog_expire_logs_seconds (expire_logs_days), or backups more often',
  },
  {
    isBad: (facts) => value(facts, 'binlog_checksum').toUpperCase() === 'NONE',
    severity: 'warning',
    message: () => 'binlog_checksum is NONE: damage to the binary log is not noticed',
    mend: 'binlog_checksum=CRC32',
  },
  {
    isBad: (facts) => facts.flavour === 'mysql' && value(facts, 'gtid_mode').toUpperCase() !== 'ON',
    severity: 'warning',
    message: () =>
      'gtid_mode is off: what another server lacks can only be told by file and position',
    mend: 'gtid_mode=ON with enforce_gtid_consistency=ON (MySQL 5.7 and later change it while running)',
  },
  {
    isBad: (facts) => isOn(value(facts, 'log_bin')) && value(facts, 'sync_binlog') !== '1',
    severity: 'warning',
    message: (facts) =>
      `sync_binlog is ${value(facts, 'sync_binlog')}: a crash of the host may lose the end of the binary log`,
    mend: 'sync_binlog=1',
  },
  {
    isBad: (facts) => value(facts, 'innodb_flush_log_at_trx_commit') !== '1',
    severity: 'warning',
    message: (facts) =>
      `innodb_flush_log_at_trx_commit is ${value(facts, 'innodb_flush_log_at_trx_commit')}: a crash ` +
      'of the host may lose transactions that were committed',
    mend: 'innodb_flush_log_at_trx_commit=1',
  },
];

export function recoveryFindings(
  facts: ServerFacts,
  backupAgeDays = DEFAULT_BACKUP_AGE_DAYS,
): readonly ServerFinding[] {
  return CHECKS.filter(({ isBad }) => isBad(facts, backupAgeDays)).map(
    ({ severity, message, mend }) => ({
      id: 'recovery',
      severity,
      message: message(facts, backupAgeDays),
      mend,
    }),
  );
}
