// Rows of SHOW BINLOG EVENTS as transactions: where each begins and ends, its GTID, the server it was
// first logged at, and what it did, as the log tells it. Pure: rows in, groups out.
import { numberOf, type Row, textOf } from '../topology/rows.js';
import { parseDomainGtid } from './domains.js';
import { parseGtid } from './gtid-set.js';

/** One transaction of a log, or one statement that stands for itself. */
export interface EventGroup {
  readonly file: string;
  /** Its first byte, and the byte behind it. */
  readonly start: number;
  readonly end: number;
  readonly gtid?: string;
  readonly serverId: number;
  /** The statements it holds, with their default schema. */
  readonly texts: readonly LoggedText[];
  /** Tables whose rows it deleted or updated, `schema.table`. */
  readonly rowDeletes: readonly string[];
  readonly rowUpdates: readonly string[];
  /** False: its end was not read. */
  readonly isWhole: boolean;
}

export interface LoggedText {
  readonly text: string;
  readonly schema?: string;
}

interface Open {
  start: number;
  end: number;
  serverId: number;
  gtid?: string;
  inTransaction: boolean;
  readonly texts: LoggedText[];
  readonly rowDeletes: string[];
  readonly rowUpdates: string[];
  readonly tables: Map<string, string>;
}

const NAMES_A_GROUP = /^(Gtid(_tagged\w*)?|Anonymous_Gtid)$/i;
const CONTROL = /^(BEGIN|COMMIT|ROLLBACK|SAVEPOINT\b.*|XA .*)$/is;
const ANNOTATIONS = /^(Rows_query|Annotate_rows)$/;
const ENDS = /^(Xid|XA_prepare)$/i;
/** What stands between transactions and belongs to none. */
const BETWEEN =
  /^(Format_desc|Previous_gtids|Gtid_list|Binlog_checkpoint|Rotate|Stop|Start_encryption|Heartbeat)$/i;

/** Groups of one file, from rows that follow on each other; the first begins a group. */
export class EventGrouper {
  readonly #file: string;
  readonly #groups: EventGroup[] = [];
  #open: Open | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  take(rows: readonly Row[]): void {
    for (const row of rows) this.#takeRow(row);
  }

  /** All so far; the last one may not be whole. */
  get groups(): readonly EventGroup[] {
    return this.#open === undefined
      ? this.#groups
      : [...this.#groups, groupOf(this.#file, this.#open, false)];
  }

  #takeRow(row: Row): void {
    const type = textOf(row, ['Event_type']) ?? '';
    const info = textOf(row, ['Info']) ?? '';
    if (BETWEEN.test(type)) return;
    if (NAMES_A_GROUP.test(type)) this.#close();
    const open = this.#openAt(row);
    open.end = Math.max(open.end, numberOf(row, ['End_log_pos']) ?? 0);
    if (NAMES_A_GROUP.test(type)) nameGroup(open, info);
    else this.#note(open, type, info);
  }

  #openAt(row: Row): Open {
    const start = numberOf(row, ['Pos']) ?? 0;
    this.#open ??= {
      start,
      end: start,
      serverId: numberOf(row, ['Server_id']) ?? 0,
      inTransaction: false,
      texts: [],
      rowDeletes: [],
      rowUpdates: [],
      tables: new Map(),
    };
    return this.#open;
  }

  #note(open: Open, type: string, info: string): void {
    if (/^(Query|Execute_load_query)/i.test(type)) this.#noteText(open, info);
    else if (ANNOTATIONS.test(type)) open.texts.push(withoutSchema(info.replace(/^# /, '')));
    else if (ENDS.test(type)) this.#close();
    else noteRows(open, type, info);
  }

  #noteText(open: Open, info: string): void {
    const said = withoutSchema(info);
    const word = said.text.trim();
    if (/^BEGIN\b/i.test(word) || /^XA START\b/i.test(word)) open.inTransaction = true;
    else if (!CONTROL.test(word)) open.texts.push(said);
    const ends = /^(COMMIT|ROLLBACK(?! TO\b)|XA (COMMIT|ROLLBACK))\b/i.test(word);
    if (ends || !open.inTransaction) this.#close();
  }

  #close(): void {
    if (this.#open !== undefined) this.#groups.push(groupOf(this.#file, this.#open, true));
    this.#open = undefined;
  }
}

function nameGroup(open: Open, info: string): void {
  const domain = /GTID (\d+-\d+-\d+)/.exec(info)?.[1];
  const gtid = /GTID_NEXT= *'([^']+)'/i.exec(info)?.[1];
  if (domain !== undefined && parseDomainGtid(domain) !== undefined) open.gtid = domain;
  else if (gtid !== undefined && parseGtid(gtid) !== undefined) open.gtid = gtid;
  if (/^BEGIN GTID\b/i.test(info)) open.inTransaction = true;
}

function noteRows(open: Open, type: string, info: string): void {
  const id = /table_id: (\d+)/.exec(info)?.[1] ?? '';
  if (/^Table_map/i.test(type)) {
    open.tables.set(id, /\((.*)\)$/s.exec(info)?.[1] ?? '');
    open.inTransaction = true;
  } else if (/^Delete_rows/i.test(type)) open.rowDeletes.push(open.tables.get(id) ?? '');
  else if (/^Update_rows/i.test(type)) open.rowUpdates.push(open.tables.get(id) ?? '');
}

function groupOf(file: string, open: Open, isWhole: boolean): EventGroup {
  const { start, end, gtid, serverId, texts } = open;
  return {
    file,
    start,
    end,
    ...(gtid === undefined ? {} : { gtid }),
    serverId,
    texts,
    rowDeletes: [...new Set(open.rowDeletes)],
    rowUpdates: [...new Set(open.rowUpdates)],
    isWhole,
  };
}

/** `use \`app\`; DROP TABLE t`: how the server shows the default schema of a statement. */
function withoutSchema(info: string): LoggedText {
  const match = /^use `((?:[^`]|``)*)`; /.exec(info);
  if (match === null) return { text: info };
  return { text: info.slice(match[0].length), schema: (match[1] ?? '').replaceAll('``', '`') };
}
