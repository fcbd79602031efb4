// Takes the statements out of a suite's .test file by mysqltest's own rules: its delimiter, its
// commands, its comments and its embedded files. What needs its variables is left out.

/** mysqltest's commands: a line that begins with one is no statement. */
const COMMANDS = new Set(
  `connection query connect sleep inc dec source disconnect let echo expr while end save_master_pos
  sync_with_master sync_slave_with_master reap dirty_close replace_result replace_column ping
  query_vertical query_horizontal query_attributes sorted_result partially_sorted_result
  lowercase_result skip skip_if_hypergraph start_timer end_timer character_set
  disable_ps_protocol enable_ps_protocol disable_reconnect enable_reconnect if
  disable_testcase enable_testcase replace_regex replace_numeric_round remove_file remove_files_wildcard
  file_exists write_file copy_file copy_files_wildcard perl die assert exit exec execw exec_in_background
  append_file cat_file diff_files send send_quit send_eval send_shutdown change_user mkdir rmdir
  force-rmdir force-cpdir list_files list_files_write_file list_files_append_file move_file
  shutdown_server result_format error eval evalp delimiter chmod rpl_sync output reset_connection
  optimizer_trace system real_sleep wait_for_slave_to_stop server_stop kill write_line
  copy_files untar require vertical_results horizontal_results`.split(/\s+/),
);

const HEREDOC = /^(perl|write_file|append_file|write_line|list_files_write_file)\b/i;

/** Where a test is being read: its lines, the next one, and the delimiter of the moment. */
interface Place {
  readonly lines: readonly string[];
  next: number;
  delimiter: string;
}

export function statementsOf(test: string): readonly string[] {
  const place: Place = { lines: test.split('\n'), next: 0, delimiter: ';' };
  const found: string[] = [];
  let statement = '';
  while (place.next < place.lines.length) {
    if (statement === '' && skippedCommand(place)) continue;
    statement += `${place.lines[place.next] ?? ''}\n`;
    place.next += 1;
    const end = statementEnd(statement, place.delimiter);
    if (end < 0) continue;
    found.push(statement.slice(0, end));
    statement = '';
  }
  return found.filter((text) => text.trim() !== '' && !/\$\w|`\s*SELECT/.test(text));
}

/** Steps over what is no statement; false at the first line of one. */
function skippedCommand(place: Place): boolean {
  const { lines, next, delimiter } = place;
  const line = lines[next] ?? '';
  const command = line.trim().replace(/^--\s*/, '');
  const isMarked = /^\s*--/.test(line);
  const changed = /^delimiter\s+(\S+)/i.exec(command);
  if (/^\s*(#|$|\{|\})/.test(line) || isMarked) place.next += 1;
  else if (isCommand(command)) place.next = commandEnd(lines, next, delimiter) + 1;
  else return false;
  if (changed !== null) place.delimiter = withoutOld(changed[1] ?? ';', delimiter);
  if (HEREDOC.test(command)) place.next = heredocEnd(lines, next, command) + 1;
  return true;
}

function withoutOld(next: string, old: string): string {
  return next.length > old.length && next.endsWith(old) ? next.slice(0, -old.length) : next;
}

function isCommand(line: string): boolean {
  const word = /^[a-z_-]+/i.exec(line)?.[0]?.toLowerCase() ?? '';
  return COMMANDS.has(word) || word.startsWith('disable_') || word.startsWith('enable_');
}

/** A command without `--` goes on to the delimiter, or is a block's head. */
function commandEnd(lines: readonly string[], index: number, delimiter: string): number {
  let at = index;
  while (at < lines.length) {
    const line = (lines[at] ?? '').trimEnd();
    if (line.endsWith(delimiter) || line.endsWith('{') || /^\s*(if|while)\b/.test(line)) return at;
    at += 1;
  }
  return index;
}

function heredocEnd(lines: readonly string[], index: number, command: string): number {
  const own = /\b([A-Z_]*EOF[A-Z_0-9]*|END_OF_\w+)\s*;?\s*$/.exec(command)?.[1];
  const end = own ?? 'EOF';
  for (let at = index + 1; at < lines.length; at += 1) {
    if (lines[at]?.trim() === end) return at;
  }
  return index;
}

/** The delimiter ends a statement at the end of a line, outside quotes and comments. */
function statementEnd(statement: string, delimiter: string): number {
  const pattern =
    /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"|`[^`]*`|\/\*[\s\S]*?\*\/|(?:--\s|#).*\n/g;
  const bare = statement.replace(pattern, (text) => ' '.repeat(text.length - 1) + text.slice(-1));
  const at = bare.lastIndexOf(delimiter);
  return at >= 0 && bare.slice(at + delimiter.length).trim() === '' ? at : -1;
}
