// Reads the rows of SHOW BINLOG EVENTS, in order, and reports what they destroy. Pure but for its
// own place in the log: rows in, findings out; it asks nobody and keeps no events.
import { redactStatement } from '../audit/redact.js';
import type { Dialect } from '../sql/dialect.js';
import { readText } from '../sql/statement-facts.js';
import { numberOf, type Row, textOf } from '../topology/rows.js';
import {
  advanced,
  EMPTY_LOG,
  type LogState,
  parseDomainGtid,
  parseDomainGtids,
} from './domains.js';
import { type DestructiveEvent, destructiveOf, type EventName, type LoggedEvent } from './event.js';
import { type GtidSet, NO_GTIDS, parseGtid, parseGtidSet } from './gtid-set.js';
import type { Place } from './place.js';
import { Prepared } from './prepared.js';

/** What one batch of rows told. */
export type Finding =
  | { readonly kind: 'destructive'; readonly event: DestructiveEvent }
  | { readonly kind: 'row-delete'; readonly table: string; readonly event: LoggedEvent }
  /** Something the log says it lost, or that cannot be read here. */
  | { readonly kind: 'gap'; readonly place: Place; readonly reason: string };

/** What a file's first events say was logged before it. */
export interface Header {
  readonly gtids: GtidSet;
  readonly domains: LogState;
}

const STATEMENT_CHARACTERS = 160;
const TABLES_MAPPED_MAX = 10_000;
/** MySQL calls the tagged kind Gtid_tagged_log_event. */
const NAMES_A_GROUP = /^(Gtid(_tagged\w*)?|Anonymous_Gtid)$/i;
const CONTROL = /^(BEGIN|COMMIT|ROLLBACK|SAVEPOINT\b.*|XA .*)$/is;
const TEXT_EVENTS = /^(Query|Query_compressed|Execute_load_query)$/;
const ANNOTATIONS = /^(Rows_query|Annotate_rows)$/;
const ROW_DELETES = /^Delete_rows/;

/** What goes on from one file of a log to the next. */
export interface Carried {
  readonly domains: LogState;
  readonly prepared: Prepared;
}

export class BinlogScan {
  readonly #dialect: Dialect;
  readonly #prepared: Prepared;
  /** Where the next row must begin. */
  #next: Place;
  #domains: LogState = EMPTY_LOG;
  #previous: Header = { gtids: NO_GTIDS, domains: EMPTY_LOG };
  #name: EventName = { kind: 'anonymous' };
  #groupStart: Place | undefined;
  #inTransaction = false;
  #tables = new Map<string, string>();

  constructor(dialect: Dialect, file: string, carried?: Carried) {
    this.#dialect = dialect;
    this.#next = { file, position: 4 };
    this.#domains = carried?.domains ?? EMPTY_LOG;
    this.#prepared = carried?.prepared ?? new Prepared();
  }

  get carried(): Carried {
    return { domains: this.#domains, prepared: this.#prepared };
  }

  get next(): Place {
    return this.#next;
  }

  /** Of MariaDB: what the log held up to `next`. */
  get domains(): LogState {
    return this.#domains;
  }

  /** What the file's own beginning says; empty until it was read. */
  get header(): Header {
    return this.#previous;
  }

  /** Takes rows that follow on each other, the first of them at `next`. */
  take(rows: readonly Row[]): readonly Finding[] {
    return rows.flatMap((row) => this.#takeRow(row));
  }

  #takeRow(row: Row): readonly Finding[] {
    const type = textOf(row, ['Event_type']) ?? '';
    const info = infoOf(row);
    const start = { file: this.#next.file, position: numberOf(row, ['Pos']) ?? 0 };
    // Some events inside a compressed transaction carry no end of their own.
    const endPosition = numberOf(row, ['End_log_pos']) ?? 0;
    const end = { file: start.file, position: Math.max(endPosition, this.#next.position) };
    this.#next = end;
    this.#noteName(type, info, start);
    const event = (): LoggedEvent => ({
      start: this.#groupStart ?? start,
      end,
      serverId: numberOf(row, ['Server_id']) ?? 0,
      name: this.#name,
    });
    const findings = this.#findings(type, info, event);
    this.#noteEnd(type, info);
    return findings;
  }

  /** DDL is a group of its own; what BEGIN opened ends with COMMIT, ROLLBACK or an Xid event. */
  #noteEnd(type: string, info: string): void {
    const isQuery = /^Query/.test(type);
    if (isQuery && /^BEGIN\b/i.test(info)) this.#inTransaction = true;
    const ends = isQuery && /^(COMMIT|ROLLBACK(?! TO\b))\b/i.test(info);
    if (ends || /^(Xid|XA_prepare|Rotate|Stop)$/i.test(type)) this.#endGroup();
    // With a GTID the next one begins the next group, so an end not seen does no harm.
    else if (isQuery && !this.#inTransaction && this.#name.kind === 'anonymous') this.#endGroup();
  }

  /** What names the events that follow, and where their group begins. */
  #noteName(type: string, info: string, start: Place): void {
    if (type === 'Previous_gtids') {
      this.#previous = { ...this.#previous, gtids: parseGtidSet(info) ?? NO_GTIDS };
    } else if (type === 'Gtid_list') {
      this.#domains = stateOf(info) ?? this.#domains;
      this.#previous = { ...this.#previous, domains: this.#domains };
    } else if (NAMES_A_GROUP.test(type)) {
      this.#endGroup();
      this.#prepared.begin(info);
      this.#groupStart = start;
      this.#name = this.#nameIn(info);
    } else if (/^Query/.test(type)) {
      this.#groupStart ??= start;
      if (/^XA START /i.test(info)) this.#prepared.begin(info);
    }
  }

  #nameIn(info: string): EventName {
    const domainGtid = parseDomainGtid(/GTID (\d+-\d+-\d+)/.exec(info)?.[1] ?? '');
    if (domainGtid !== undefined) {
      const before = this.#domains;
      this.#domains = advanced(before, domainGtid);
      return { kind: 'domain', gtid: domainGtid, before };
    }
    const gtid = parseGtid(/GTID_NEXT= *'([^']+)'/i.exec(info)?.[1] ?? '');
    return gtid === undefined ? { kind: 'anonymous' } : { kind: 'gtid', gtid };
  }

  #findings(type: string, info: string, event: () => LoggedEvent): readonly Finding[] {
    if (TEXT_EVENTS.test(type)) return this.#textFindings(withoutSchema(info), true, event);
    if (ANNOTATIONS.test(type)) {
      return this.#textFindings({ text: info.replace(/^# /, '') }, false, event);
    }
    if (type === 'Table_map') this.#mapTable(info);
    if (ROW_DELETES.test(type)) {
      const id = /table_id: (\d+)/.exec(info)?.[1] ?? '';
      return [{ kind: 'row-delete', table: this.#tables.get(id) ?? '?', event: event() }];
    }
    if (/^Incident/i.test(type)) {
      const reason = `the log says that it lost events (${info})`;
      return [{ kind: 'gap', place: event().start, reason }];
    }
    return [];
  }

  #textFindings(
    { text, schema }: { readonly text: string; readonly schema?: string },
    wasRun: boolean,
    event: () => LoggedEvent,
  ): readonly Finding[] {
    if (wasRun && CONTROL.test(text.trim())) {
      const loss = this.#prepared.finishedBy(text);
      return loss === undefined ? [] : [{ kind: 'destructive', event: { ...event(), ...loss } }];
    }
    const bytes = Buffer.from(text, 'utf8');
    const facts = readText(bytes, {
      dialect: this.#dialect,
      ...(schema === undefined ? {} : { database: schema }),
    });
    // An annotation tells what rows were changed by: only that can be replayed from it.
    const effects = destructiveOf(facts.effects).filter(
      ({ effect }) => wasRun || /-unbounded$|^replace-table$/.test(effect),
    );
    if (effects.length === 0) return [];
    const { statement } = redactStatement(bytes);
    const shown =
      statement.length <= STATEMENT_CHARACTERS
        ? statement
        : `${statement.slice(0, STATEMENT_CHARACTERS)}…`;
    const loss = { effects, statement: shown };
    this.#prepared.lost(loss);
    return [{ kind: 'destructive', event: { ...event(), ...loss } }];
  }

  #mapTable(info: string): void {
    const match = /table_id: (\d+) \((.*)\)$/s.exec(info);
    if (match === null) return;
    if (this.#tables.size >= TABLES_MAPPED_MAX) this.#tables = new Map();
    this.#tables.set(match[1] ?? '', match[2] ?? '');
  }

  #endGroup(): void {
    this.#groupStart = undefined;
    this.#inTransaction = false;
    this.#prepared.end();
    this.#name = { kind: 'anonymous' };
  }
}

function stateOf(list: string): LogState | undefined {
  return parseDomainGtids(list)?.reduce(advanced, EMPTY_LOG);
}

/** A driver hands the column over as text or as bytes; both are kept as they are read. */
function infoOf(row: Row): string {
  return textOf(row, ['Info']) ?? '';
}

/** `use \`app\`; DROP TABLE t`: how the server shows the default schema of a statement. */
function withoutSchema(info: string): { readonly text: string; readonly schema?: string } {
  const match = /^use `((?:[^`]|``)*)`; /.exec(info);
  if (match === null) return { text: info };
  return { text: info.slice(match[0].length), schema: (match[1] ?? '').replaceAll('``', '`') };
}
