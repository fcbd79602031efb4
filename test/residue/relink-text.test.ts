import { describe, expect, it } from 'vitest';
import { relinkSteps } from '../../src/residue/relink-text.js';

const steps = (text: string, verbs: readonly string[] = []) => relinkSteps(text, verbs);

describe('a relinking text', () => {
  it('goes on, with all channels or with one', () => {
    expect(steps('START SLAVE')).toEqual([{ kind: 'go-on' }]);
    expect(steps('START ALL SLAVES;')).toEqual([{ kind: 'go-on' }]);
    expect(steps("START SLAVE 'a'")).toEqual([{ kind: 'go-on', channel: 'a' }]);
    expect(steps("START REPLICA SQL_THREAD FOR CHANNEL 'b'")).toEqual([
      { kind: 'go-on', channel: 'b' },
    ]);
    expect(steps('SHUTDOWN')).toEqual([{ kind: 'go-on' }]);
    expect(steps('START GROUP_REPLICATION')).toEqual([{ kind: 'join' }]);
  });

  it('takes no step where it stops or severs', () => {
    expect(steps("STOP SLAVE; RESET SLAVE 'x' ALL; SELECT 1")).toEqual([]);
    expect(steps('RESET REPLICA')).toEqual([{ kind: 'rewind' }]);
  });

  it('changes a source, as far as it says', () => {
    const old = "CHANGE MASTER 'm' TO MASTER_HOST='h', MASTER_PORT=3307, MASTER_USE_GTID=slave_pos";
    expect(steps(old)).toEqual([
      { kind: 'change', channel: 'm', host: 'h', port: 3307, byGtid: true },
    ]);
    const now =
      "CHANGE REPLICATION SOURCE TO SOURCE_LOG_FILE='b.000002', SOURCE_LOG_POS=4, " +
      "SOURCE_AUTO_POSITION=0 FOR CHANNEL 'c'";
    expect(steps(now)).toEqual([
      { kind: 'change', channel: 'c', file: 'b.000002', position: 4, byGtid: false },
    ]);
    expect(steps("CHANGE MASTER TO RELAY_LOG_FILE='r.1', RELAY_LOG_POS=4")).toEqual([]);
    const verbs = ['CHANGE MASTER'];
    expect(steps("CHANGE MASTER TO RELAY_LOG_FILE='r.1'", verbs)).toEqual([{ kind: 'opaque' }]);
  });

  it('sets where a GTID link begins, and what is skipped', () => {
    const [step] = steps("SET GLOBAL gtid_slave_pos = '0-1-5'");
    expect(step?.kind === 'position' && step.position?.get(0)?.sequence).toBe(5);
    expect(steps("SET GLOBAL gtid_slave_pos = CONCAT('0-1-', 5)")).toEqual([
      { kind: 'position', position: undefined },
    ]);
    expect(steps('SET GLOBAL sql_slave_skip_counter = 1; START SLAVE')).toEqual([
      { kind: 'skip', groups: 1 },
      { kind: 'go-on' },
    ]);
    expect(steps('SET GLOBAL sql_slave_skip_counter = 0')).toEqual([]);
    expect(steps('SET autocommit = 1')).toEqual([]);
  });

  it('goes by its effects where what it sets may not be what its start goes by', () => {
    const skip = 'SET GLOBAL sql_slave_skip_counter = 1';
    const change = "CHANGE MASTER TO MASTER_LOG_FILE='b.1', MASTER_LOG_POS=4";
    const verbs = ['SET SQL_SLAVE_SKIP_COUNTER', 'START SLAVE'];
    const texts = [
      `${skip}; SET GLOBAL sql_slave_skip_counter = 0; START SLAVE`,
      `START SLAVE; STOP SLAVE; ${skip}; START SLAVE`,
      `${skip}; START SLAVE 'a'; START SLAVE 'b'`,
      `${skip}; RESET SLAVE; START SLAVE`,
      `${skip}; RESET SLAVE ALL; ${change}; START SLAVE`,
    ];
    for (const text of texts) {
      expect(steps(text, verbs), text).toEqual([{ kind: 'go-on' }, { kind: 'go-on' }]);
    }
    const changing = ['CHANGE MASTER', 'START SLAVE'];
    const undone = [`${change}; RESET SLAVE; START SLAVE`, `${change}; ${change}; START SLAVE`];
    const late = "START SLAVE; STOP SLAVE; SET GLOBAL gtid_slave_pos = '0-1-5'; START SLAVE";
    for (const text of [...undone, late]) {
      expect(steps(text, changing), text).toEqual([{ kind: 'opaque' }, { kind: 'go-on' }]);
    }
    expect(steps('SET PERSIST_ONLY sql_replica_skip_counter = 1; START REPLICA')).toEqual([
      { kind: 'go-on' },
    ]);
  });

  it('goes by its effects where it is not plain', () => {
    const hidden = ['/*! START SLAVE */', 'START SLAVE -- x', 'BEGIN NOT ATOMIC START SLAVE; END'];
    for (const text of hidden) expect(steps(text, ['START SLAVE'])).toEqual([{ kind: 'go-on' }]);
    expect(steps("CHANGE MASTER TO MASTER_PASSWORD='a\\'b'", ['CHANGE MASTER'])).toEqual([
      { kind: 'opaque' },
    ]);
    expect(steps('# x', ['RESET SLAVE'])).toEqual([{ kind: 'rewind' }]);
    expect(steps('# x', ['START GROUP_REPLICATION'])).toEqual([{ kind: 'join' }]);
    expect(steps('# x', ['SET SQL_SLAVE_SKIP_COUNTER'])).toEqual([{ kind: 'go-on' }]);
  });
});
