// What one guarded server keeps that a statement may run or reach: looked up afresh for a statement
// that is judged, and a list of names that fire destructive code, kept fresh in the background. Owns
// its connections. It decides nothing; what it cannot see it says.
import type { Clock } from '../clock.js';
import { InterlockError, messageOf } from '../errors.js';
import type { Dialect } from '../sql/dialect.js';
import type { StatementEffect } from '../sql/effect.js';
import { type FiringNames, firingNames } from '../sql/firing-names.js';
import type { ReachEntry } from '../topology/snapshot.js';
import type { CatalogConnection } from './catalog-connection.js';
import { reachedElsewhere, reachingObjects, strangerEntry } from './elsewhere.js';
import { firingList } from './firing-list.js';
import { followed, opaqueCall } from './follow.js';
import { KeptCode } from './kept-code.js';
import { lookAtCalled, lookAtEvent } from './look.js';
import { type CodeLook, type NamedCode, namedCode } from './stored-code.js';

export interface CatalogOptions {
  readonly server: string;
  readonly clock: Clock;
  readonly open: () => CatalogConnection;
  readonly dialect: () => Dialect | undefined;
  /** For everything that one statement needs. */
  readonly deadlineMs: number;
  /** The list of names has changed. */
  readonly onFiring: () => void;
  /** A line for people, once each time it becomes true. */
  readonly warn: (message: string) => void;
}

/** What a statement does, its CALLs followed, and the servers that it reaches by its tables. */
export interface Known {
  readonly effects: readonly StatementEffect[];
  readonly elsewhere: readonly ReachEntry[];
  /** Something that it runs may change the session's default schema. */
  readonly moves: boolean;
}

/** After a listing comes a rest this many times as long: the server is busy with it a fifth at most. */
const REST_TIMES = 4;
const LONGEST_REST_MS = 30_000;

export class Catalog {
  readonly #options: CatalogOptions;
  readonly #kept = new KeptCode();
  #judging: CatalogConnection | undefined;
  #listing: CatalogConnection | undefined;
  #firing: FiringNames | undefined;
  #listed = '';
  #underWay: Promise<void> | undefined;
  #isStopped = false;
  #restUntilMs = Number.NEGATIVE_INFINITY;
  #warned = '';

  constructor(options: CatalogOptions) {
    this.#options = options;
  }

  /** Undefined while nothing fires anything, or nothing is known yet. */
  get firing(): FiringNames | undefined {
    return this.#firing;
  }

  /** Whether anything in the effects needs a look. */
  static isNeededFor(effects: readonly StatementEffect[]): boolean {
    return (
      effects.some((effect) => namedCode(effect) !== undefined) ||
      reachingObjects(effects).length > 0
    );
  }

  /** Never rejects: what could not be looked at in time is opaque, or reached. */
  async known(effects: readonly StatementEffect[], database: string | undefined): Promise<Known> {
    const { deadlineMs, server } = this.#options;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Known>((resolve) => {
      timer = setTimeout(() => {
        // Whoever waits behind it would be late as well.
        this.#judging?.destroy();
        this.#judging = undefined;
        resolve(notLookedAt(effects, server, `${server} did not answer within ${deadlineMs} ms`));
      }, deadlineMs);
    });
    try {
      return await Promise.race([this.#known(effects, database), late]);
    } catch (thrown) {
      return notLookedAt(effects, server, messageOf(thrown));
    } finally {
      clearTimeout(timer);
    }
  }

  async #known(effects: readonly StatementEffect[], database: string | undefined): Promise<Known> {
    const connection = this.#judgingConnection();
    const look = (code: NamedCode, from: string | undefined) => this.#look(connection, code, from);
    const dialect = this.#options.dialect();
    const done = await followed(effects, database, { dialect, firing: this.#firing, look });
    return { ...done, elsewhere: await this.#elsewhere(connection, done.effects) };
  }

  /** Brings the list up to date, unless that is under way or was a moment ago. */
  refresh(): void {
    const { clock } = this.#options;
    if (this.#underWay !== undefined || clock.monotonic() < this.#restUntilMs) return;
    void this.list();
  }

  /** The list as of now, or the one under way. Never rejects; on failure the one before stays. */
  async list(): Promise<void> {
    this.#underWay ??= this.#list().finally(() => {
      this.#underWay = undefined;
    });
    await this.#underWay;
  }

  async #list(): Promise<void> {
    const { clock } = this.#options;
    const startedMs = clock.monotonic();
    try {
      this.#take(await this.#entries());
      this.#say(this.#kept.unseen);
    } catch (thrown) {
      this.#listing?.destroy();
      this.#listing = undefined;
      if (this.#isStopped) return;
      this.#say(`its stored code could not be listed: ${messageOf(thrown)}`);
    } finally {
      const tookMs = clock.monotonic() - startedMs;
      this.#restUntilMs = clock.monotonic() + Math.min(tookMs * REST_TIMES, LONGEST_REST_MS);
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.#judging?.destroy();
    this.#listing?.destroy();
  }

  async #entries() {
    this.#listing ??= this.#open();
    const connection = this.#listing;
    const kept = await this.#kept.read(connection);
    const dialect = this.#options.dialect();
    return await firingList(kept, {
      dialect,
      follow: (effects, database, firing) =>
        followed(effects, database, {
          dialect,
          firing,
          look: (code, from) => this.#look(connection, code, from),
        }).then((done) => done.effects),
    });
  }

  #take(entries: Awaited<ReturnType<typeof firingList>>): void {
    const listed = JSON.stringify(entries);
    if (listed === this.#listed) return;
    this.#listed = listed;
    this.#firing = firingNames(entries);
    this.#options.onFiring();
  }

  #look(
    connection: CatalogConnection,
    code: NamedCode,
    database: string | undefined,
  ): Promise<CodeLook> {
    if (code.kind === 'event') return lookAtEvent(connection, code.objects);
    const hasPackages = this.#options.dialect()?.flavour !== 'mysql';
    return lookAtCalled(connection, code.object, { database, hasPackages });
  }

  async #elsewhere(
    connection: CatalogConnection,
    effects: readonly StatementEffect[],
  ): Promise<readonly ReachEntry[]> {
    const objects = reachingObjects(effects);
    if (objects.length === 0) return [];
    const { server } = this.#options;
    try {
      return await reachedElsewhere(connection, server, objects);
    } catch (thrown) {
      const reason = `whether its rows are on another server could not be asked: ${messageOf(thrown)}`;
      return [strangerEntry(server, reason)];
    }
  }

  /** A connection that is opened after the end would keep the process. */
  #open(): CatalogConnection {
    if (this.#isStopped) throw new InterlockError('PROBE_FAILED', 'Interlock is stopping');
    return this.#options.open();
  }

  /** One that failed is not used again. */
  #judgingConnection(): CatalogConnection {
    const opened = this.#judging ?? this.#open();
    this.#judging = opened;
    return {
      ask: async (sql, options) => {
        try {
          return await opened.ask(sql, options);
        } catch (thrown) {
          if (isBroken(thrown) && this.#judging === opened) {
            opened.destroy();
            this.#judging = undefined;
          }
          throw thrown;
        }
      },
      destroy: () => opened.destroy(),
    };
  }

  #say(text: string): void {
    if (text !== this.#warned && text !== '') this.#options.warn(text);
    this.#warned = text;
  }
}

/** Everything stays as dangerous as it may be. */
function notLookedAt(effects: readonly StatementEffect[], server: string, why: string): Known {
  const doubtful = reachingObjects(effects).length > 0;
  return {
    effects: effects.map((effect) => (namedCode(effect) ? opaqueCall(effect, why) : effect)),
    moves: true,
    elsewhere: doubtful
      ? [strangerEntry(server, `whether its rows are on another server was not answered: ${why}`)]
      : [],
  };
}

/** The server's own errors have a SQLSTATE and leave the connection as it was. */
function isBroken(thrown: unknown): boolean {
  return !(thrown instanceof Error && 'sqlState' in thrown);
}
