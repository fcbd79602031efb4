// The doctor on real servers: what it finds on one as it comes out of the box, and that each thing is
// gone once it is mended as it says.
import { env } from 'node:process';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { createAccount, createMonitorAccount } from '../../src/lab/accounts.js';
import type { ServerLine } from '../../src/lab/lines.js';
import { addAccounts, DBA, interlock, RunningInterlock } from '../support/interlock.js';
import { describeOnEveryLine, labWith } from '../support/lab.js';

interface Found {
  readonly server?: string;
  readonly id: string;
  readonly severity: string;
  readonly message: string;
}

/** A monitor account that sees everything and may end nobody. */
const WATCHER = { user: 'watcher', password: 'watcher-password' };
const ENDING: Readonly<Record<ServerLine, string>> = {
  'mariadb-10.11': 'CONNECTION ADMIN',
  'mysql-9': 'SYSTEM_USER',
  'mysql-5.6': 'SUPER',
};

describeOnEveryLine('interlock doctor', (line) => {
  const lab = labWith({ line, servers: ['db1'] });
  beforeAll(async () => {
    await addAccounts([lab.server('db1')]);
    const nobody = { user: 'nobody', password: 'nobody-password', rights: [] };
    await createAccount(lab.server('db1'), nobody);
    await createMonitorAccount(lab.server('db1'), { ...WATCHER, without: [ENDING[line]] });
  });
  afterEach(() => {
    delete env.INTERLOCK_DOCTOR_PASSWORD;
  });

  it('says what leads past Interlock, and stops saying it when it is mended', async () => {
    const db1 = lab.server('db1');
    await db1.execute(
      "CREATE USER 'cleaner'@'192.0.2.%' IDENTIFIED BY 'x'",
      "GRANT DROP ON *.* TO 'cleaner'@'192.0.2.%'",
      "SET GLOBAL init_connect = 'SET @hello = 1'",
    );
    const running = await RunningInterlock.start({ guarded: [db1] });
    try {
      env.INTERLOCK_DOCTOR_PASSWORD = DBA.password;
      const look = async (): Promise<{ code: number | null; findings: readonly Found[] }> => {
        const args = ['doctor', '--json', '--config', running.at.configFile, '--user', DBA.user];
        const { code, stdout, stderr } = await interlock(args);
        if (stdout === '') throw new Error(stderr);
        return { code, findings: JSON.parse(stdout).findings };
      };
      const first = await look();
      expect(first.code).toBe(1);
      const says = (findings: readonly Found[], id: string, text: string): boolean =>
        findings.some(
          (each) => each.server === 'db1' && each.id === id && each.message.includes(text),
        );
      const account = "'cleaner'@'192.0.2.%' has DROP";
      expect(says(first.findings, 'account-around', account)).toBe(true);
      expect(says(first.findings, 'code-inside', 'init_connect')).toBe(true);
      expect(says(first.findings, 'account-opened', "'root'")).toBe(true);
      expect(first.findings.filter(({ id }) => id === 'unreachable')).toEqual([]);
      await db1.execute("DROP USER 'cleaner'@'192.0.2.%'", "SET GLOBAL init_connect = ''");
      const second = await look();
      expect(says(second.findings, 'account-around', account)).toBe(false);
      expect(says(second.findings, 'code-inside', 'init_connect')).toBe(false);
    } finally {
      await running.stop();
    }
  });

  it('says, as interlock check does, that the monitor may not end what is in flight', async () => {
    const running = await RunningInterlock.start({
      guarded: [lab.server('db1')],
      monitor: WATCHER,
      more: ['links: { freshness: 1s, deadline: 20s }'],
    });
    try {
      const missing = `the monitor account watcher lacks ${ENDING[line]}: a statement in flight`;
      const { stdout } = await interlock(['doctor', '--config', running.at.configFile]);
      expect(stdout).toContain(missing);
      const { code, stderr } = await interlock(['check', '--config', running.at.configFile]);
      expect(code).toBe(0);
      expect(stderr).toContain(missing);
      expect(stderr).toContain(`GRANT ${ENDING[line]} ON *.* TO 'watcher'@'`);
    } finally {
      await running.stop();
    }
  });

  it('says what its account may not see, and exits 3 for a server that is gone', async () => {
    const db1 = lab.server('db1');
    const running = await RunningInterlock.start({ guarded: [db1] });
    const { configFile } = running.at;
    try {
      env.INTERLOCK_DOCTOR_PASSWORD = 'nobody-password';
      const asNobody = ['doctor', '--config', configFile, '--user', 'nobody'];
      const { stdout } = await interlock(asNobody);
      expect(stdout).toContain('may not see its accounts');
      expect(stdout).toContain('1 of 1 servers answered');
      await db1.kill('SIGKILL');
      const gone = await interlock(['doctor', '--config', configFile]);
      expect(gone.code).toBe(3);
      expect(gone.stdout).toContain('it could not be asked');
      await db1.restart();
    } finally {
      await running.stop();
    }
  });
});
