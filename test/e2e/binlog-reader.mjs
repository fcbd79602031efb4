// A process that does nothing but read a binary log through the shipped code, as fast as it can:
// to be frozen in the midst of an answer. Arguments: the built folder, the port, user, password.
import { argv, stdout } from 'node:process';

const [, , built, port, user, password] = argv;
const { openBinlogConnection, ROWS_MAX } = await import(`${built}/residue/binlog-connection.js`);
const connection = openBinlogConnection({
  server: 'db1',
  host: '127.0.0.1',
  port: Number(port),
  user,
  password,
  tls: { verify: 'none' },
  connectTimeoutMs: 2_000,
});
const [file] = await connection.files();
let from = 4;
for (;;) {
  const rows = await connection.events({ file, position: from, rows: ROWS_MAX });
  stdout.write('.');
  const end = rows.at(-1)?.End_log_pos;
  from = rows.length < ROWS_MAX || end === undefined ? 4 : Number(end);
}
