// The sessions that Interlock's monitor has on the server: they must all be there before a test
// counts sessions, not begin in the middle of one.
import { setTimeout as sleep } from 'node:timers/promises';
import type { LabServer } from '../src/lab/server.js';
import { MONITOR, type RunningInterlock } from '../test/support/interlock.js';

/**
 * Some open only after a statement was logged, and on a busy machine Interlock gives up one that is
 * late and opens it anew with the next statement.
 */
export function monitorWaker(server: LabServer, interlock: RunningInterlock) {
  let all = 0;
  const wake = async (): Promise<number> => {
    const client = await interlock.connect(server.name);
    // All that guarded statements set in motion: new tables are listed, where the rows of one are is
    // looked at, and what became of the statement is read in the log.
    await client.query('CREATE TABLE test.woken (a INT)');
    await client.query('DELETE FROM test.woken');
    await client.query('DROP TABLE test.woken');
    client.destroy();
    const sql = `SELECT 1 FROM information_schema.PROCESSLIST WHERE USER = '${MONITOR.user}'`;
    return (await server.query(sql)).length;
  };
  const wakeUntil = async (isEnough: (awake: number) => boolean): Promise<void> => {
    all = await wake();
    for (let tries = 0; tries < WAKING_TRIES && !isEnough(all); tries += 1) {
      await sleep(WAKING_PAUSE_MS);
      all = await wake();
    }
  };
  return {
    /** After a start of the server: until no more come. */
    anew: async () => {
      const counts: number[] = [];
      await wakeUntil((awake) => {
        const latest = counts.slice(-SETTLED_AFTER);
        counts.push(awake);
        return latest.length === SETTLED_AFTER && latest.every((each) => each === awake);
      });
    },
    again: async () => {
      const known = all;
      await wakeUntil((awake) => awake >= known);
    },
  };
}

const WAKING_TRIES = 20;
const WAKING_PAUSE_MS = 150;
const SETTLED_AFTER = 4;
