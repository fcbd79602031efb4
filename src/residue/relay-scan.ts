// Reads the rows of SHOW RELAYLOG EVENTS as their source wrote them: places in the source's own file
// names, and which relay log events are still to be run. Pure: rows in, findings out.
import type { Dialect } from '../sql/dialect.js';
import { numberOf, type Row, textOf } from '../topology/rows.js';
import { advanced, EMPTY_LOG, type LogState, parseDomainGtid } from './domains.js';
import { type GtidSet, NO_GTIDS, parseGtid, withGtid } from './gtid-set.js';
import type { Place } from './place.js';
import { BinlogScan, type Finding } from './scan.js';

/** A finding, and where its row begins in the relay log: run once the applier is behind it. */
export interface RelayFinding {
  readonly at: Place;
  readonly finding: Finding;
}

/** What a consumer's relay log begins with: where it would run on, in both logs' words. */
export interface RelayStart {
  readonly relay: Place;
  readonly source: Place;
}

/** What a relay log writes for itself: no event of the source's. */
const OWN = /^(Format_desc|Previous_gtids|Gtid_list|Start_encryption|Stop|Heartbeat.*|Ignorable)$/i;
const ROTATE = /^(.+);pos=(\d+)$/s;

export class RelayScan {
  readonly #dialect: Dialect;
  readonly #consumerId: number;
  #scan: BinlogScan;
  #next: Place;
  /** The last event read: a question begins with it, since nothing tells where the next one begins. */
  #isOverlapping = false;
  #source: Place;
  #gtids: GtidSet = NO_GTIDS;
  #domains: LogState = EMPTY_LOG;

  constructor(dialect: Dialect, consumerId: number, { relay, source }: RelayStart) {
    this.#dialect = dialect;
    this.#consumerId = consumerId;
    this.#next = relay;
    this.#source = source;
    this.#scan = new BinlogScan(dialect, source.file);
  }

  /** Where the next question begins, in the relay log. */
  get next(): Place {
    return this.#next;
  }

  /** How far it holds its source's log. */
  get source(): Place {
    return this.#source;
  }

  /** The transactions it holds, of MySQL and of MariaDB. */
  get gtids(): GtidSet {
    return this.#gtids;
  }

  get domains(): LogState {
    return this.#domains;
  }

  /** The answer to a question from `next` on; undefined when it does not begin there. */
  take(rows: readonly Row[]): readonly RelayFinding[] | undefined {
    const [first] = rows;
    if (first === undefined) return [];
    if (numberOf(first, ['Pos']) !== this.#next.position) return undefined;
    const news = this.#isOverlapping ? rows.slice(1) : rows;
    return news.flatMap((row) => this.#takeRow(row));
  }

  #takeRow(row: Row): readonly RelayFinding[] {
    const at = { file: this.#next.file, position: numberOf(row, ['Pos']) ?? 0 };
    this.#next = at;
    this.#isOverlapping = true;
    const type = textOf(row, ['Event_type']) ?? '';
    const info = textOf(row, ['Info']) ?? '';
    if (/^Rotate$/i.test(type)) this.#rotate(row, info);
    if (OWN.test(type) || /^Rotate$/i.test(type)) return [];
    this.#noteGtid(type, info);
    const end = numberOf(row, ['End_log_pos']) ?? 0;
    const asLogged = { ...row, Pos: this.#source.position, End_log_pos: end };
    const findings = this.#scan.take([asLogged]);
    const { file, position } = this.#source;
    this.#source = { file, position: Math.max(position, end) };
    return findings.map((finding) => ({ at, finding }));
  }

  /** To its own next file, or where the source went on in another of its. */
  #rotate(row: Row, info: string): void {
    const match = ROTATE.exec(info);
    if (match === null) return;
    const to = { file: match[1] ?? '', position: Number(match[2]) };
    if (numberOf(row, ['Server_id']) === this.#consumerId && isNextOf(this.#next.file, to.file)) {
      this.#next = to;
      this.#isOverlapping = false;
      return;
    }
    // Told again after each reconnect, it may say no more than what file this is.
    if (to.file !== this.#source.file) {
      this.#source = to;
      this.#scan = new BinlogScan(this.#dialect, to.file, this.#scan.carried);
    } else if (to.position > this.#source.position) this.#source = to;
  }

  #noteGtid(type: string, info: string): void {
    if (!/^Gtid/i.test(type)) return;
    const domain = parseDomainGtid(/GTID (\d+-\d+-\d+)/.exec(info)?.[1] ?? '');
    if (domain !== undefined) this.#domains = advanced(this.#domains, domain);
    const gtid = parseGtid(/GTID_NEXT= *'([^']+)'/i.exec(info)?.[1] ?? '');
    if (gtid !== undefined) this.#gtids = withGtid(this.#gtids, gtid);
  }
}

function isNextOf(file: string, next: string): boolean {
  const [one, other] = [file, next].map((name) => /^(.*)\.(\d+)$/.exec(name));
  return one?.[1] === other?.[1] && Number(other?.[2]) === Number(one?.[2]) + 1;
}
