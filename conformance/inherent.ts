// The tests that cannot print the same through Interlock, each with its reason: anything in between
// shows, or what they print is what docs/commands.md says is taken out of the handshake. They are run, counted and listed on their own; a test that is not here must be the same.

const MONITOR = 'shows what all sessions of the server did, and the monitor is one of them';

const ASKED = 'counts the statements of its session, and before a guarded one that is asked';

export const INHERENT: Readonly<Record<string, string>> = {
  log_state: `${MONITOR} (general log)`,
  log_tables: `${MONITOR} (general log)`,
  ps: `${MONITOR} (it writes to the general log and holds its table open)`,
  query_cache: `${MONITOR} (CLIENT_STATISTICS of localhost)`,
  'tmp_table_count-7586': `${MONITOR} (events_statements_history_long)`,
  dd_stages: `${MONITOR} (events_stages_history_long)`,
  opt_hints_pfs: `${MONITOR} (events_statements_history)`,
  parser: 'prints the definer of a client on a Unix socket, which the server sees on TCP',
  plugin_auth_sha256_tls:
    'logs in by sha256_password on a Unix socket, for which docs/tls.md says why not',
  'kill-2': 'has accounts of ::1, and the server sees the address that Interlock connects from',
  ipv4_as_ipv6: 'asks whether anybody listens on ::1, which is for Interlock to be told',
  status2: `${ASKED} (Questions; MySQL's of that name shows sample texts of digests)`,
  features: `${ASKED} (Feature_subquery)`,
  profiling: `${ASKED} (SHOW PROFILES)`,
  sp: 'MariaDB numbers the rows of its warnings on from the statement before, and that was a question',
  compress:
    'prints whether the connection is compressed, which Interlock takes out of the handshake',
  ssl_compress:
    'prints whether the connection is compressed, which Interlock takes out of the handshake',
  openssl_1: 'logs in by client certificates, which no man in the middle can pass on',
};
