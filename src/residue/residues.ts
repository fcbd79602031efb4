// Keeps the residue of every pair of configured servers: reads each source's log as it grows and
// sets it against what each consumer said it has executed. Judges nothing; asks for no pictures.
import type { LoggedPlace } from '../audit/outcome-record.js';
import type { Clock } from '../clock.js';
import type { Dialect } from '../sql/dialect.js';
import type { Picture, ServerAnswer } from '../topology/snapshot.js';
import type { BinlogConnection, RelayConnection } from './binlog-connection.js';
import { isRewound, LogReader, type Passed } from './log-reader.js';
import { isPurged, type PairResidue, residueOf } from './pair.js';
import { isBefore, type Place } from './place.js';
import { Relays } from './relays.js';
import { hasPassedFloor, type Standing, type StandingAs, standingOf } from './standing.js';
import { type PlaceAsk, StatementPlaces } from './statement-places.js';

export interface ResiduesOptions {
  /** The names of all configured servers. */
  readonly servers: readonly string[];
  readonly clock: Clock;
  readonly open: (server: string) => BinlogConnection;
  /** Absent: what only a consumer's relay log holds stays a doubt. */
  readonly openRelay?: (server: string) => RelayConnection;
  /** Called when a picture or newly read events may have changed some pair. */
  readonly onResidue?: (pairs: readonly PairResidue[]) => void;
}

/** Pictures may come with every guarded statement; residue is looked at no oftener than this. */
const LOOK_PERIOD_MS = 1_000;

export interface Pair {
  readonly source: string;
  readonly consumer: string;
}

export class Residues {
  readonly #options: ResiduesOptions;
  readonly #readers: ReadonlyMap<string, LogReader>;
  /** The last executed places, for links that are severed by now. */
  readonly #places = new Map<string, Place>();
  readonly #statements: StatementPlaces;
  readonly #relays: Relays | undefined;
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: ResiduesOptions) {
    this.#options = options;
    this.#statements = new StatementPlaces(options);
    const { clock, openRelay } = options;
    this.#relays = openRelay && new Relays({ clock, open: openRelay });
    this.#readers = new Map(
      options.servers.map((name) => [
        name,
        new LogReader({ clock, open: () => options.open(name) }),
      ]),
    );
  }

  /** Takes note of where everybody stands and reads on where something was logged. At once. */
  observe(picture: Picture): void {
    this.#rememberPlaces(picture);
    const now = this.#options.clock.monotonic();
    if (now - this.#lookedAtMs < LOOK_PERIOD_MS) return;
    this.#lookedAtMs = now;
    for (const source of answersIn(picture)) this.#readOn(picture, source);
    for (const pair of this.#pairs) {
      this.#relays?.look(picture, pair, this.#isPurged(picture, pair));
    }
    this.#options.onResidue?.(this.all(picture));
  }

  /**
   * Reads these sources' logs to their end as of now. What could not be read in time stays a doubt
   * of the pair. Never rejects.
   */
  async catchUp(picture: Picture, sources: readonly string[], deadlineAtMs: number): Promise<void> {
    this.#rememberPlaces(picture);
    const answers = answersIn(picture).filter(({ server }) => sources.includes(server));
    await Promise.all(
      answers.map(async (answer) => {
        const reader = this.#readers.get(answer.server);
        const passed = this.#passed(picture, answer.server);
        this.#lookBehind(reader, picture, answer);
        await reader?.catchUp(dialectOf(answer), passed, deadlineAtMs);
      }),
    );
    const purged = this.#pairs.filter(
      (pair) => sources.includes(pair.source) && this.#isPurged(picture, pair),
    );
    const relays = this.#relays;
    await Promise.all(purged.map((pair) => relays?.catchUp(picture, pair, deadlineAtMs)));
  }

  /** Every ordered pair of configured servers. */
  all(picture: Picture): readonly PairResidue[] {
    return this.#pairs.map((pair) => this.of(picture, pair));
  }

  /** `sinceMs` (monotonic): what was logged by then must have been read, or it is a doubt. */
  of(
    picture: Picture,
    { source, consumer }: Pair,
    more: { readonly as?: StandingAs; readonly sinceMs?: number } = {},
  ): PairResidue {
    const { as = (standing) => standing, sinceMs } = more;
    const from = picture.views.get(source);
    const to = picture.views.get(consumer);
    const reader = this.#readers.get(source);
    const standing = to?.kind === 'answered' ? this.#standing(picture, to, source) : undefined;
    const doubts: string[] = [];
    if (from?.kind !== 'answered') doubts.push(`${source} did not say what it logged`);
    else if (!from.logBin) return nothingLogged({ source, consumer });
    else doubts.push(...readDoubts(reader, from, sinceMs));
    if (to?.kind !== 'answered') doubts.push(`${consumer} did not say what it executed`);
    else if (from?.kind === 'answered') doubts.push(...linkDoubts(picture, { source, consumer }));
    const stands = standing === undefined ? undefined : as(standing);
    const relay = this.#relays?.view({ source, consumer });
    // Who begins elsewhere throws its relay log away.
    const isKept = standing !== undefined && stands !== undefined && isAtOnePlace(standing, stands);
    const isReadTo = relay !== undefined && relay.endSeenAtMs >= (sinceMs ?? 0);
    return residueOf({
      source,
      consumer,
      log: reader?.log,
      standing: stands,
      isOldest: reader?.isOldest === true,
      ...(isKept && relay !== undefined && (isReadTo || relay.trouble) ? { relay } : {}),
      doubts,
    });
  }

  /** Where a statement is in its server's log; undefined: that cannot be told. Never rejects. */
  find(ask: PlaceAsk): Promise<readonly LoggedPlace[] | undefined> {
    return this.#statements.find(ask);
  }

  stop(): void {
    for (const reader of this.#readers.values()) reader.stop();
    this.#statements.stop();
    this.#relays?.stop();
  }

  get #pairs(): readonly Pair[] {
    const { servers } = this.#options;
    return servers.flatMap((source) =>
      servers.filter((consumer) => consumer !== source).map((consumer) => ({ source, consumer })),
    );
  }

  /** Whether the source has purged what its consumer has not executed. */
  #isPurged(picture: Picture, { source, consumer }: Pair): boolean {
    const reader = this.#readers.get(source);
    const to = picture.views.get(consumer);
    if (reader?.log === undefined || !reader.isOldest || to?.kind !== 'answered') return false;
    return isPurged(reader.log, this.#standing(picture, to, source));
  }

  #readOn(picture: Picture, source: ServerAnswer): void {
    const reader = this.#readers.get(source.server);
    if (reader === undefined || !source.logBin) return;
    this.#lookBehind(reader, picture, source);
    const { cursor } = reader.log ?? {};
    const { coordinates } = source;
    const isRead =
      cursor !== undefined &&
      coordinates !== undefined &&
      cursor.file === coordinates.file &&
      cursor.position === coordinates.position;
    if (!isRead) reader.readOn(dialectOf(source), this.#passed(picture, source.server));
  }

  /** Reads anew when the log was reset, or when somebody stands before where reading began. */
  #lookBehind(reader: LogReader | undefined, picture: Picture, source: ServerAnswer): void {
    const log = reader?.log;
    if (reader === undefined || log === undefined) return;
    const { coordinates } = source;
    const rewound = coordinates !== undefined && isRewound(log.cursor, coordinates);
    // A picture may be older than what was read since.
    const isOlder = source.askedAtMonotonicMs < reader.endSeenAtMs;
    const needed = !reader.isOldest && !this.#passed(picture, source.server)(log.floor, log.header);
    if ((rewound && !isOlder) || needed) reader.forget();
  }

  /** Whether all consumers that answered have passed what a file's header stands for. */
  #passed(picture: Picture, source: string): Passed {
    const consumers = answersIn(picture).filter(({ server }) => server !== source);
    const standings = consumers.map((answer) => this.#standing(picture, answer, source));
    return (floor, header) =>
      standings.every((standing) =>
        hasPassedFloor(standing, floor, { header, domains: header.domains }),
      );
  }

  #standing(picture: Picture, consumer: ServerAnswer, source: string): Standing {
    const link = picture.links.find(
      (each) => each.source === source && each.consumer === consumer.server,
    );
    const remembered = this.#places.get(keyOf({ source, consumer: consumer.server }));
    const cursor = this.#readers.get(source)?.log?.cursor;
    // A place behind the log's end is of a log that was there before.
    const isStale =
      remembered !== undefined && cursor !== undefined && isBefore(cursor, remembered);
    return standingOf(consumer, link?.channel, isStale ? undefined : remembered);
  }

  #rememberPlaces(picture: Picture): void {
    for (const { source, consumer, channel } of picture.links) {
      const place = channel?.executed;
      if (place === undefined) continue;
      const key = keyOf({ source, consumer });
      if (place.file === '') this.#places.delete(key);
      else this.#places.set(key, place);
    }
  }
}

function readDoubts(
  reader: LogReader | undefined,
  source: ServerAnswer,
  sinceMs: number | undefined,
): readonly string[] {
  const { server, coordinates } = source;
  if (reader?.trouble !== undefined) {
    return [`${server}'s binary log cannot be read: ${reader.trouble}`];
  }
  const cursor = reader?.log?.cursor;
  if (reader === undefined || cursor === undefined) return [`${server}'s log is not read yet`];
  const isBehind =
    sinceMs === undefined
      ? coordinates !== undefined && isBefore(cursor, coordinates)
      : reader.endSeenAtMs < sinceMs;
  if (!isBehind) return [];
  return [`${server}'s log is read up to ${cursor.file}:${cursor.position} only`];
}

/** Two that cannot be told apart, or a channel whose source may be another. */
function linkDoubts(picture: Picture, { source, consumer }: Pair): readonly string[] {
  const link = picture.links.find((each) => each.source === source && each.consumer === consumer);
  const view = picture.views.get(source);
  const lacksRights = view?.kind === 'answered' && view.missingRights.length > 0;
  // What the source may not tell of its readers says nothing of what they executed.
  return link?.state !== 'unknown' || lacksRights ? [] : [link.reason];
}

function nothingLogged({ source, consumer }: Pair): PairResidue {
  const nothing = { count: 0, events: [], rowDeletes: [], doubts: [], basis: 'nothing' } as const;
  return { source, consumer, state: 'none', isLost: false, ...nothing };
}

function answersIn(picture: Picture): readonly ServerAnswer[] {
  return [...picture.views.values()].filter((view) => view.kind === 'answered');
}

function keyOf({ source, consumer }: Pair): string {
  return JSON.stringify([source, consumer]);
}

/** They differ in nothing that a consumer's relay log hangs on. */
function isAtOnePlace(one: Standing, other: Standing): boolean {
  return (['by', 'place', 'position', 'executed'] as const).every((key) => one[key] === other[key]);
}

function dialectOf({ flavour, version }: ServerAnswer): Dialect {
  return { flavour, version };
}
