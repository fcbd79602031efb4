// A session at a control database that answers what a test tells it to: for what is decided about
// sessions and answers. What a real server does is in test/e2e/control-store.test.ts.
import type { ControlSession } from '../../src/approval/control-session.js';
import type { Row } from '../../src/topology/rows.js';

export interface ScriptedSession extends ControlSession {
  /** What it was asked, one after another. */
  readonly asked: string[];
  readonly isDestroyed: () => boolean;
}

export function scripted(
  address: string,
  answer: {
    readonly rows?: (sql: string) => readonly Row[];
    readonly affected?: (sql: string) => number;
    readonly commit?: () => void;
  } = {},
): ScriptedSession {
  const asked: string[] = [];
  let isDestroyed = false;
  const record = (sql: string): void => void asked.push(sql.trim().replaceAll(/\s+/g, ' '));
  return {
    ...{ address, home: 'server here', warnings: [], asked },
    isDestroyed: () => isDestroyed,
    get isBroken() {
      return isDestroyed;
    },
    rows: async (sql) => {
      record(sql);
      return answer.rows?.(sql) ?? [];
    },
    change: async (sql) => {
      record(sql);
      return { affectedRows: answer.affected?.(sql) ?? 1, insertId: 0 };
    },
    commit: async () => {
      record('COMMIT');
      answer.commit?.();
    },
    until: () => undefined,
    destroy: () => {
      isDestroyed = true;
    },
  };
}
