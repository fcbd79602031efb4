import { expect, it } from 'vitest';
import { recoveryFindings, retentionSeconds } from '../../src/doctor/recovery.js';
import { factsWith } from './facts.js';

type Variables = Readonly<Record<string, string>>;

const messages = (variables: Variables, days?: number): readonly string[] =>
  recoveryFindings(factsWith({ variables }), days).map(({ message }) => message);

it('finds nothing where a drop could be undone', () => {
  expect(messages({})).toEqual([]);
});

const CASES: readonly (readonly [Variables, string])[] = [
  [{ log_bin: 'OFF' }, 'the binary log is off'],
  [{ binlog_format: 'STATEMENT' }, 'binlog_format is STATEMENT'],
  [{ binlog_checksum: 'NONE' }, 'binlog_checksum is NONE'],
  [{ gtid_mode: 'OFF' }, 'gtid_mode is off'],
  [{ sync_binlog: '0' }, 'sync_binlog is 0'],
  [{ innodb_flush_log_at_trx_commit: '2' }, 'innodb_flush_log_at_trx_commit is 2'],
  [
    { binlog_expire_logs_seconds: '86400' },
    'kept for 1.0 days, and the oldest backup may be 7 days old',
  ],
];

it.each(CASES)('%j: %s', (variables, text) => {
  expect(messages(variables).join('\n')).toContain(text);
});

it('takes a backup age as it is given', () => {
  const kept = { binlog_expire_logs_seconds: '864000' };
  expect(messages(kept, 10)).toEqual([]);
  expect(messages(kept, 11)).toHaveLength(1);
});

it('knows both words for retention, and that 0 is for ever', () => {
  const seconds = (variables: Variables) => retentionSeconds(factsWith({ variables }));
  expect(seconds({ binlog_expire_logs_seconds: '60' })).toBe(60);
  expect(seconds({ binlog_expire_logs_seconds: '0', expire_logs_days: '2' })).toBe(172_800);
  const never = { binlog_expire_logs_seconds: '0', expire_logs_days: '0' };
  expect(seconds(never)).toBe(Number.POSITIVE_INFINITY);
});

it('does not ask MariaDB for gtid_mode', () => {
  const facts = factsWith({ flavour: 'mariadb', variables: { gtid_mode: '' } });
  expect(recoveryFindings(facts)).toEqual([]);
});
