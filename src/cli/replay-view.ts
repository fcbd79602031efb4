// What a replay came to, counted and shown: what would be another way, what cannot be told, and how
// much stays. Statements that changed alike are one entry. Never shows more than the record does.
import type { RecordedDecision } from '../audit/recorded-facts.js';
import type { MissingFact } from '../policy/replay.js';
import type { Decision } from '../policy/verdict.js';
import { createPainter } from './paint.js';

export type Outcome =
  | { readonly kind: 'same' }
  | { readonly kind: 'changed'; readonly now: Decision }
  | {
      readonly kind: 'unknown';
      readonly missing: readonly MissingFact[];
      readonly atLeast?: Decision;
      readonly atMost?: Decision;
    };

type Brief = Pick<Decision, 'verdict' | 'wouldBe' | 'rule' | 'mode'>;

/** Statements of one text by one login that went and would go the same way. */
interface Entry {
  readonly outcome: Exclude<Outcome, { kind: 'same' }>;
  readonly first: RecordedDecision;
  readonly ids: string[];
  lastTime: string;
}

/** Entries and lines shown to people; --json has all of them. */
const SHOWN_MAX = 50;
const STATEMENT_CHARACTERS = 100;

export class ReplayTally {
  readonly revision: string;
  readonly unreadable: { readonly line: number; readonly reason: string }[] = [];
  decisions = 0;
  #same = 0;
  readonly #entries = new Map<string, Entry>();

  constructor(revision: string) {
    this.revision = revision;
  }

  note(record: RecordedDecision, outcome: Outcome): void {
    this.decisions += 1;
    if (outcome.kind === 'same') {
      this.#same += 1;
      return;
    }
    const key = keyOf(record, outcome);
    const entry = this.#entries.get(key);
    if (entry === undefined) {
      const first = { outcome, first: record, ids: [record.id], lastTime: record.time };
      this.#entries.set(key, first);
    } else {
      entry.ids.push(record.id);
      entry.lastTime = record.time;
    }
  }

  get same(): number {
    return this.#same;
  }

  get isSame(): boolean {
    return this.#entries.size === 0;
  }

  entries(kind: 'changed' | 'unknown'): readonly Entry[] {
    return [...this.#entries.values()].filter(({ outcome }) => outcome.kind === kind);
  }

  json(): object {
    const told = (kind: 'changed' | 'unknown') => this.entries(kind).map(entryJson);
    return {
      revision: this.revision,
      decisions: this.decisions,
      same: this.same,
      changed: told('changed'),
      unknown: told('unknown'),
      unreadable: this.unreadable,
    };
  }
}

function keyOf(record: RecordedDecision, outcome: Entry['outcome']): string {
  const { server, user, statementSha256 } = record;
  const now =
    outcome.kind === 'changed'
      ? [brief(outcome.now)]
      : [outcome.missing, outcome.atLeast && brief(outcome.atLeast)];
  return JSON.stringify([server, user, statementSha256, brief(record), now]);
}

function brief({ verdict, wouldBe, rule, mode }: Brief): Brief {
  return { verdict, wouldBe, rule, mode };
}

function entryJson({ outcome, first, ids, lastTime }: Entry): object {
  const { server, user, statement, time } = first;
  const now =
    outcome.kind === 'changed'
      ? { after: brief(outcome.now) }
      : {
          missing: outcome.missing,
          ...(outcome.atLeast === undefined ? {} : { atLeast: brief(outcome.atLeast) }),
          ...(outcome.atMost === undefined ? {} : { atMost: brief(outcome.atMost) }),
        };
  const base = { server, user, statement, count: ids.length, firstTime: time, lastTime, ids };
  return { ...base, before: brief(first), ...now };
}

export function renderReplay(tally: ReplayTally, style: { readonly color: boolean }): string {
  const paint = createPainter(style.color);
  const changed = tally.entries('changed');
  const unknown = tally.entries('unknown');
  const lines = [...changed, ...unknown]
    .slice(0, SHOWN_MAX)
    .flatMap((entry) => [...entryLines(entry, paint), '']);
  const more = changed.length + unknown.length - SHOWN_MAX;
  if (more > 0) lines.push(`and ${more} more: --json has them all`, '');
  const [first] = tally.unreadable;
  if (first !== undefined) {
    const count = tally.unreadable.length;
    lines.push(`${count} lines could not be read; line ${first.line}: ${first.reason}`);
  }
  const count = (entries: readonly Entry[]): number =>
    entries.reduce((sum, { ids }) => sum + ids.length, 0);
  lines.push(
    `${tally.decisions} decisions: ${count(changed)} would change, ` +
      `${count(unknown)} cannot be told, ${tally.same} stay as they were`,
  );
  return `${lines.join('\n')}\n`;
}

function entryLines(
  { outcome, first, ids, lastTime }: Entry,
  paint: ReturnType<typeof createPainter>,
): readonly string[] {
  const times = ids.length === 1 ? first.time : `${first.time} … ${lastTime}, ${ids.length} times`;
  const who = `${first.user}@${first.client.address || 'socket'} on ${first.server}`;
  // The file may be anybody's: what would steer the terminal is not shown.
  const statement = first.statement.replaceAll(/\s+/g, ' ').replace(/\p{C}/gu, '?');
  const shown =
    statement.length > STATEMENT_CHARACTERS
      ? `${statement.slice(0, STATEMENT_CHARACTERS)}…`
      : statement;
  return [
    paint('bold', shown),
    `  ${times}, ${who}, ${ids[0]}`,
    paint('red', `- ${wayOf(first)}`),
    ...(outcome.kind === 'changed'
      ? [paint('green', `+ ${wayOf(outcome.now)}`)]
      : [paint('yellow', `? ${unknownText(outcome)}`)]),
  ];
}

function wayOf({ verdict, wouldBe, rule, mode }: Brief): string {
  if (verdict === wouldBe) return `${verdict} by ${rule}`;
  const why = mode === 'enforce' ? 'approved' : `in shadow: would be ${wouldBe}`;
  return `${verdict} by ${rule} (${why})`;
}

function unknownText(outcome: Extract<Outcome, { kind: 'unknown' }>): string {
  const what = `${outcome.missing.join(' and ')} not looked up then`;
  if (outcome.atLeast === undefined || outcome.atMost === undefined) return `unknown: ${what}`;
  return `unknown: ${wayOf(outcome.atLeast)}, or ${wayOf(outcome.atMost)}; ${what}`;
}
