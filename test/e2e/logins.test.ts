// Every way to log in that the lines offer, with the real clients: what works directly works
// through Interlock, by TCP in clear text, by TCP with TLS, and by a Unix socket.
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { Lab } from '../../src/lab/lab.js';
import type { ServerLine } from '../../src/lab/lines.js';
import type { LabServer } from '../../src/lab/server.js';
import { Authority } from '../support/authority.js';
import { type Rig, startRig } from '../support/gateway-rig.js';
import { describeOnEveryLine, startPlanned } from '../support/lab.js';

const PASSWORD = 'a secret of some length';

interface Account {
  readonly user: string;
  readonly made: string;
  readonly password?: string;
  readonly needsTls?: boolean;
}

const by = (plugin: string): string => `IDENTIFIED WITH ${plugin} BY '${PASSWORD}'`;

const ACCOUNTS: Readonly<Record<ServerLine, readonly Account[]>> = {
  'mariadb-10.11': [
    { user: 'native', made: `IDENTIFIED BY '${PASSWORD}'`, password: PASSWORD },
    { user: 'edwards', made: `IDENTIFIED VIA ed25519 USING PASSWORD('${PASSWORD}')` },
    { user: 'empty', made: '', password: '' },
    { user: 'safe', made: `IDENTIFIED BY '${PASSWORD}' REQUIRE SSL`, needsTls: true },
    {
      user: 'either',
      made: `IDENTIFIED VIA ed25519 USING PASSWORD('x') OR mysql_native_password USING PASSWORD('${PASSWORD}')`,
    },
  ],
  'mysql-9': [
    { user: 'caching', made: by('caching_sha2_password') },
    { user: 'sha256', made: by('sha256_password') },
    { user: 'empty', made: "IDENTIFIED BY ''", password: '' },
    { user: 'safe', made: `${by('caching_sha2_password')} REQUIRE SSL`, needsTls: true },
  ],
  'mysql-5.6': [
    { user: 'native', made: `IDENTIFIED BY '${PASSWORD}'` },
    { user: 'empty', made: '', password: '' },
  ],
};

describeOnEveryLine('a login through Interlock', (line) => {
  let lab: Lab;
  let server: LabServer;
  let authority: Authority;
  let rig: Rig;
  let socket = '';
  let failure: unknown;
  const offersTls = line !== 'mysql-5.6';

  beforeAll(async () => {
    lab = await Lab.open();
    await prepare().catch((cause: unknown) => {
      failure = cause;
    });
  });
  beforeEach(() => {
    if (failure !== undefined) throw failure;
  });
  afterAll(async () => {
    await rig?.close();
    await lab?.close();
  });

  async function prepare(): Promise<void> {
    authority = await Authority.make('lab authority');
    const options = offersTls ? await authority.serverOptions(lab.folder, '127.0.0.1') : [];
    await startPlanned(lab, { line, servers: ['db1'], options });
    server = lab.server('db1');
    if (line === 'mariadb-10.11') await server.execute("INSTALL SONAME 'auth_ed25519'");
    for (const { user, made } of ACCOUNTS[line]) {
      await server.execute(`CREATE USER '${user}'@'127.0.0.%' ${made}`);
    }
    socket = join(lab.folder, 'interlock.sock');
    const { host, port } = server;
    rig = await startRig(
      { host, port },
      {
        server: {
          tls: { verify: offersTls ? 'full' : 'none' },
          listen: [
            { kind: 'tcp', host: '127.0.0.1', port: 0 },
            { kind: 'unix', path: socket },
          ],
        },
        ca: authority.pem,
      },
    );
  }

  const isMysql = line === 'mysql-9';
  const tls = isMysql ? ['--ssl-mode=REQUIRED'] : ['--ssl'];
  /** This plugin's client asks for an RSA key on a socket, which servers do not give by TLS. */
  const onSocket = isMysql ? ['--ssl-mode=DISABLED'] : ['--skip-ssl'];
  const clear = isMysql ? ['--ssl-mode=DISABLED', '--get-server-public-key'] : ['--skip-ssl'];

  async function login(account: Account, ...way: readonly string[]): Promise<string> {
    const { client } = server.clientTools;
    const plugins = await pluginFolder();
    const args = [
      ...client.args,
      '--no-defaults',
      ...(plugins === undefined ? [] : [`--plugin-dir=${plugins}`]),
      `--user=${account.user}`,
      `--password=${account.password ?? PASSWORD}`,
      '--batch',
      '--skip-column-names',
      ...way,
      '-e',
      "SELECT SUBSTRING_INDEX(USER(), '@', 1); SHOW STATUS LIKE 'Ssl_cipher'",
    ];
    const ran = await promisify(execFile)(client.command, args, { env: client.env }).catch(
      (error: { stderr: string }) => ({ stdout: error.stderr }),
    );
    return ran.stdout.replace(/^.*Using a password.*\n/m, '').trim();
  }

  /** Where MariaDB's client keeps what it does not have built in. */
  async function pluginFolder(): Promise<string | undefined> {
    if (isMysql) return undefined;
    const { env } = server.clientTools.client;
    for (const folder of (env?.LD_LIBRARY_PATH ?? '').split(':')) {
      const found = join(folder, 'libmariadb3', 'plugin');
      if (folder !== '' && (await readdir(found).catch(() => [])).length > 0) return found;
    }
    return undefined;
  }

  const direct = (): readonly string[] => ['--host=127.0.0.1', `--port=${server.port}`];
  const proxied = (): readonly string[] => [
    '--protocol=TCP',
    '--host=127.0.0.1',
    `--port=${rig.port}`,
  ];
  const forget = async (): Promise<void> => {
    if (isMysql) await server.execute('FLUSH PRIVILEGES');
  };

  it.each(ACCOUNTS[line])(
    'of $user goes as directly, in clear text and with TLS',
    async (account) => {
      for (const way of offersTls ? [clear, tls] : [clear]) {
        await forget();
        const expected = await login(account, ...direct(), ...way);
        await forget();
        // The first login is the long way of caching_sha2_password, the second the fast one.
        for (const _round of [1, 2])
          expect(await login(account, ...proxied(), ...way)).toBe(expected);
        const mayPass = way === tls || account.needsTls !== true;
        expect(expected.startsWith(account.user), expected).toBe(mayPass);
        if (mayPass) expect(/Ssl_cipher\t\S/.test(expected)).toBe(way === tls);
      }
    },
  );

  it.each(ACCOUNTS[line])(
    'of $user by a Unix socket goes on as safe as the server lets it',
    async (account) => {
      await forget();
      const how = account.user === 'sha256' ? tls : onSocket;
      for (const _round of [1, 2]) {
        const said = await login(account, '--protocol=SOCKET', `--socket=${socket}`, ...how);
        expect(said.startsWith(account.user), said).toBe(true);
        expect(/Ssl_cipher\t\S/.test(said)).toBe(offersTls);
      }
    },
  );

  it.each(ACCOUNTS[line].filter(({ password }) => password !== ''))(
    'of $user with a wrong password is refused as directly',
    async (account) => {
      const wrong = { ...account, password: 'wrong' };
      const way = offersTls ? tls : clear;
      const expected = await login(wrong, ...direct(), ...way);
      expect(expected).toContain('ERROR 1045');
      expect(await login(wrong, ...proxied(), ...way)).toBe(expected);
    },
  );
});
