// Each line is spoken to in its own words, and only in those.
import { describe, expect, it } from 'vitest';
import { SERVER_LINES } from '../../src/lab/lines.js';
import {
  changeSource,
  quoted,
  resetReplica,
  runThreads,
  showChannels,
} from '../../src/lab/terms.js';

const change = {
  host: '127.0.0.1',
  port: 3306,
  user: 'u',
  password: "it's",
  channel: '',
  from: { kind: 'gtid' },
} as const;

describe('replication terms', () => {
  it('gives MySQL 9 the new words only', () => {
    const all = [
      changeSource('mysql-9', change),
      runThreads('mysql-9', 'STOP', { channel: 'c', thread: 'sql' }),
      resetReplica('mysql-9', 'c', true),
      showChannels('mysql-9'),
    ];
    expect(all.join('\n')).not.toMatch(/MASTER|SLAVE/);
    expect(all[0]).toContain('GET_SOURCE_PUBLIC_KEY=1');
    expect(all[1]).toBe("STOP REPLICA SQL_THREAD FOR CHANNEL 'c'");
    expect(all[2]).toBe("RESET REPLICA ALL FOR CHANNEL 'c'");
  });

  it('names MariaDB connections where MySQL names channels', () => {
    expect(resetReplica('mariadb-10.11', 'c', false)).toBe("RESET SLAVE 'c'");
    expect(runThreads('mariadb-10.11', 'START', { channel: '' })).toBe('START SLAVE');
    expect(changeSource('mariadb-10.11', { ...change, channel: 'c' })).toMatch(
      /^CHANGE MASTER 'c' TO .*MASTER_USE_GTID=slave_pos/,
    );
  });

  it.each(SERVER_LINES)('begins at a position on %s when told to', (line) => {
    const from = { kind: 'position', file: 'binlog.000002', position: 4 } as const;
    const text = changeSource(line, { ...change, from, delaySeconds: 9 });
    expect(text).toMatch(/_LOG_FILE='binlog.000002', (SOURCE|MASTER)_LOG_POS=4/);
    expect(text).toMatch(/USE_GTID=no|AUTO_POSITION=0/);
    expect(text).toMatch(/_DELAY=9/);
  });

  it('quotes quotes and backslashes', () => {
    expect(quoted("a'b\\")).toBe("'a''b\\\\'");
  });
});
