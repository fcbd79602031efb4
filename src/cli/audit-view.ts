// How audit records look to people: a few lines each in a list, everything for one. Pure: records
// in, a string out.
import type { JoinedRecord } from '../audit/joined.js';
import type { LoggedPlace } from '../audit/outcome-record.js';
import { printable } from '../audit/printable.js';
import type { BinlogCoordinates } from '../topology/snapshot.js';
import { type Colour, createPainter, type Paint } from './paint.js';

export interface AuditViewOptions {
  readonly color: boolean;
  readonly width: number;
}

const VERDICT_COLOURS: Readonly<Record<string, Colour>> = {
  permit: 'green',
  deny: 'red',
  'require-approval': 'yellow',
};
const INDENT = '    ';
/** Of a statement in a list; whole in the details. */
const LINES_OF_STATEMENT = 3;

export function renderRecords(
  records: readonly JoinedRecord[],
  { color, width }: AuditViewOptions,
): string {
  const paint = createPainter(color);
  if (records.length === 0) return 'No record matches.\n';
  return `${records
    .map(clean)
    .map((record) => entryOf(record, paint, width).join('\n'))
    .join('\n\n')}\n`;
}

/** Whoever could write the file must not move the cursor of who reads it. */
function clean(record: JoinedRecord): JoinedRecord {
  return JSON.parse(JSON.stringify(record), (_, value: unknown) =>
    typeof value === 'string' ? printable(Buffer.from(value)) : value,
  );
}

function entryOf(record: JoinedRecord, paint: Paint, width: number): readonly string[] {
  const statement = wrapped(record.statement, width - INDENT.length);
  const shown = statement.slice(0, LINES_OF_STATEMENT);
  if (statement.length > shown.length) shown.push('…');
  const more = [reachText(record), becameText(record), repeatText(record)];
  return [
    headline(record, paint),
    ...shown.map((line) => INDENT + paint('bold', line)),
    ...more.filter((line) => line !== '').map((line) => INDENT + line),
  ];
}

function headline(record: JoinedRecord, paint: Paint): string {
  const time = record.time.replace('T', ' ');
  const verdict = paint(VERDICT_COLOURS[record.verdict] ?? 'yellow', verdictText(record));
  const who = `${record.user}@${record.client.address}`;
  return `${paint('dim', time)}  ${verdict}  ${record.server}  ${who}  ${record.rule}  ${record.id}`;
}

function verdictText({ verdict, wouldBe, mode }: JoinedRecord): string {
  const isShadowed = mode === 'shadow' && verdict !== wouldBe;
  return isShadowed ? `${verdict} (shadow: ${wouldBe})` : verdict;
}

function reachText({ reach, verdict }: JoinedRecord): string {
  if (reach.length === 0) return '';
  const would = verdict === 'permit' ? 'reaches' : 'would reach';
  return `${would} ${reach.map(({ server, state }) => `${server} (${state})`).join(', ')}`;
}

function becameText(record: JoinedRecord): string {
  if (record.verdict !== 'permit') return '';
  if (record.outcome === undefined) return 'what became of it is not recorded';
  if (record.outcome === 'unknown') return unknownText(record);
  const error = record.errorCode === undefined ? '' : ` ${record.errorCode}`;
  const took = record.durationMs === undefined ? '' : ` after ${durationText(record.durationMs)}`;
  return `${record.outcome}${error}${took}; ${placeText(record)}`;
}

function unknownText({ binlogBefore }: JoinedRecord): string {
  const from = binlogBefore === undefined ? '' : `; look behind ${coordinatesText(binlogBefore)}`;
  return `not known: Interlock ended before it was, or could not write it${from}`;
}

/** How its transaction ended, where that was not by a COMMIT as far as is known. */
const TRANSACTION = {
  'rolled-back': 'rolled back with its transaction',
  'left-open': 'its session ended first: rolled back, unless a COMMIT was on its way',
  unknown: 'Interlock ended first: rolled back, unless it was committed by then',
} as const;

function placeText(record: JoinedRecord): string {
  const { loggedAs, inTransaction, loggedTime, binlogBefore, binlogAfter, transaction, gtids } =
    record;
  if (transaction !== undefined) return TRANSACTION[transaction];
  if (inTransaction === true && loggedTime === undefined) {
    return 'logged when its transaction commits';
  }
  if (loggedAs?.length === 0) return 'not logged';
  if (loggedAs !== undefined) return `logged at ${loggedAs.map(loggedText).join(', ')}`;
  if (binlogBefore === undefined || binlogAfter === undefined)
    return 'where it is logged is not known';
  const told = gtids === undefined ? '' : `, GTID ${gtids.join(', ')}`;
  const [from, to] = [coordinatesText(binlogBefore), coordinatesText(binlogAfter)];
  return `logged between ${from} and ${to}${told}`;
}

function loggedText({ file, start, end, gtid }: LoggedPlace): string {
  return `${file}:${start}-${end}${gtid === undefined ? '' : ` GTID ${gtid}`}`;
}

function coordinatesText({ file, position }: BinlogCoordinates): string {
  return `${file}:${position}`;
}

/** What docs/how-to-recover.md explains, with this record's places filled in. */
function recoveryText({ loggedAs, identity, outcome }: JoinedRecord): string {
  const first = loggedAs?.[0];
  const last = loggedAs?.at(-1);
  if (first === undefined || last === undefined || outcome !== 'ok') return '';
  const isMariadb = /mariadb/i.test(identity?.version ?? '');
  const program = isMariadb ? 'mariadb-binlog' : 'mysqlbinlog';
  const upTo = `${program} --stop-position=${first.start} … ${first.file}`;
  const behind = `${program} --start-position=${last.end} ${last.file} …`;
  return `up to it: ${upTo}; everything behind it: ${behind} (docs/how-to-recover.md)`;
}

function repeatText({ repeats, lastTime }: JoinedRecord): string {
  if (repeats === undefined) return '';
  return `repeated ${repeats} times, last at ${(lastTime ?? '').replace('T', ' ')}`;
}

/** Everything that one record says. */
export function renderDetails(given: JoinedRecord, options: AuditViewOptions): string {
  const record = clean(given);
  const paint = createPainter(options.color);
  const { width } = options;
  const rows: readonly (readonly [string, string])[] = [
    ['who', whoText(record)],
    ['session', `${record.session}, thread ${record.threadId} of ${record.server}`],
    ['effects', record.effects.map((each) => `${each.verb} ${each.objects.join(', ')}`).join('; ')],
    ['logged', String(record.logged)],
    ['rules', rulesText(record)],
    ['approval', approvalText(record)],
    ['revision', record.revision],
    ['links', linksText(record)],
    ['reach', reachText(record)],
    ['reason', record.reason ?? ''],
    ['told', record.message ?? ''],
    ['became', becameText(record)],
    ['before', record.binlogBefore === undefined ? '' : fullText(record.binlogBefore)],
    ['after', record.binlogAfter === undefined ? '' : fullText(record.binlogAfter)],
    ['recover', recoveryText(record)],
    ['repeated', repeatText(record)],
    ['SHA-256', `${record.statementSha256} of ${record.statementBytes} bytes`],
  ];
  const label = Math.max(...rows.map(([name]) => name.length)) + 2;
  const lines = rows
    .filter(([, text]) => text !== '')
    .flatMap(([name, text]) =>
      wrapped(text, width - label).map(
        (line, index) => paint('dim', (index === 0 ? name : '').padEnd(label)) + line,
      ),
    );
  const statement = wrapped(record.statement, width - INDENT.length);
  const shown = statement.map((line) => INDENT + paint('bold', line));
  return `${[headline(record, paint), '', ...shown, '', ...lines].join('\n')}\n`;
}

function whoText({ user, client, program }: JoinedRecord): string {
  const from = `${user} from ${client.address}:${client.port}`;
  return program === undefined ? from : `${from}, by its own word ${program}`;
}

function rulesText({ rule, rules }: JoinedRecord): string {
  const others = rules.map((each) => {
    const lifted = each.exception === undefined ? '' : `, lifted by ${each.exception}`;
    return `${each.rule} (${each.verdict} for ${each.effect}, ${each.mode}${lifted})`;
  });
  return `decided by ${rule}${others.length > 0 ? `; matched: ${others.join('; ')}` : ''}`;
}

/** Who has signed for it, or which request waits for people. */
function approvalText({ approval }: JoinedRecord & Approved): string {
  if (approval?.request === undefined) return '';
  const { request, by } = approval;
  return by === undefined ? `waits for request ${request}` : `${request}, by ${by.join(', ')}`;
}

interface Approved {
  readonly approval?: { readonly request?: string; readonly by?: readonly string[] };
}

function linksText({ links, linksAgeMs }: JoinedRecord): string {
  if (linksAgeMs === undefined) return 'nobody could be asked';
  const each = links.map(({ source, consumer, state, reason }) => {
    return `${source} → ${consumer} ${state} (${reason})`;
  });
  return `${each.join('; ')} (${durationText(linksAgeMs)} old)`;
}

function fullText({ file, position, gtid }: BinlogCoordinates): string {
  return gtid === '' ? `${file}:${position}` : `${file}:${position}, GTIDs ${gtid}`;
}

function durationText(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/** At white space where there is some, else wherever the line is full. */
function wrapped(text: string, width: number): string[] {
  const columns = Math.max(20, width);
  const lines: string[] = [];
  for (const given of text.split('\n')) {
    let rest = given;
    while (rest.length > columns) {
      const space = rest.lastIndexOf(' ', columns);
      const at = space > columns / 2 ? space : columns;
      lines.push(rest.slice(0, at));
      rest = rest.slice(at).trimStart();
    }
    lines.push(rest);
  }
  return lines;
}
