// A process that does nothing but read a binary log through the shipped code, as fast as it can:
// to be frozen in the midst of an answer. Arguments: the built folder, the port, user, password.
import { argv, stdout } from 'node:process';

const [, , built, port, user, password] = argv;
const { openBinlogConnection } = await import(`${built}/residue/binlog-connection.js`);
const { LogReader } = await import(`${built}/residue/log-reader.js`);
const { systemClock } = await import(`${built}/clock.js`);
const reader = new LogReader({
  clock: systemClock,
  open: () =>
    openBinlogConnection({
      server: 'db1',
      host: '127.0.0.1',
      port: Number(port),
      user,
      password,
      tls: { verify: 'none' },
      connectTimeoutMs: 2_000,
    }),
});
const dialect = { flavour: 'mariadb', version: 101_119 };
for (;;) {
  reader.forget();
  const readAll = await reader.catchUp(dialect, () => false, systemClock.monotonic() + 60_000);
  stdout.write(readAll ? '.' : reader.trouble);
}
