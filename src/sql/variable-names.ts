// Which variable a name in a SET may stand for. MySQL compares their names by utf8_general_ci, to
// which `ínit_connect` and `sql_mòde` are what they are without accents; so letters beyond ASCII
// count as whatever letter a guarded name has in their place. It never converts text.

/** Whose change is an effect, or changes how text is read. */
const TELLING: readonly string[] = [
  ...['sql_mode', 'character_set_client', 'init_connect', 'init_slave', 'init_replica'],
  ...['sql_log_bin', 'gtid_purged', 'binlog_format', 'expire_logs_days'],
  ...['binlog_expire_logs_seconds', 'binlog_expire_logs_auto_purge'],
  ...['sql_slave_skip_counter', 'sql_replica_skip_counter'],
];

const BEYOND_ASCII = /[^\0-\x7f]+/g;

/** The name in lower case, or the telling variable that it may be to the server. */
export function variableMeant(name: string): string {
  const lower = name.toLowerCase();
  if (name.search(BEYOND_ASCII) === -1) return lower;
  // Not of `lower`: to JavaScript the lower case of some of these letters is ASCII.
  const pattern = name
    .replace(/[$.*+?^()[\]{}|\\]/g, '\\$&')
    .replace(BEYOND_ASCII, (run) => `.{0,${run.length}}`);
  const meant = new RegExp(`^${pattern}$`, 'i');
  return TELLING.find((telling) => meant.test(telling)) ?? lower;
}
