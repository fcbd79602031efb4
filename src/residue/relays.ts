// The relay logs that matter: those of pairs whose source has purged what its consumer has not
// executed. One reader a pair, for as long as that is so. Judges nothing.
import type { Clock } from '../clock.js';
import type { Picture } from '../topology/snapshot.js';
import type { RelayConnection } from './binlog-connection.js';
import { type RelayChannel, RelayReader, type RelayView } from './relay-reader.js';

export interface RelaysOptions {
  readonly clock: Clock;
  readonly open: (server: string) => RelayConnection;
}

interface Pair {
  readonly source: string;
  readonly consumer: string;
}

/** In the background no look takes longer. */
const LOOK_MS = 200;

export class Relays {
  readonly #options: RelaysOptions;
  readonly #readers = new Map<string, RelayReader>();
  readonly #looking = new Set<string>();

  constructor(options: RelaysOptions) {
    this.#options = options;
  }

  view(pair: Pair): RelayView | undefined {
    return this.#readers.get(keyOf(pair))?.view;
  }

  /** Reads on in the background, or lets go of what matters no more. Returns at once. */
  look(picture: Picture, pair: Pair, matters: boolean): void {
    const key = keyOf(pair);
    const channel = matters ? channelOf(picture, pair) : undefined;
    if (channel === undefined) {
      this.#readers.get(key)?.close();
      this.#readers.delete(key);
      return;
    }
    if (this.#looking.has(key)) return;
    this.#looking.add(key);
    const deadlineAtMs = this.#options.clock.monotonic() + LOOK_MS;
    void this.#readerOf(pair)
      .catchUp(channel, deadlineAtMs)
      .finally(() => this.#looking.delete(key));
  }

  /** Never rejects. */
  async catchUp(picture: Picture, pair: Pair, deadlineAtMs: number): Promise<void> {
    const channel = channelOf(picture, pair);
    if (channel !== undefined) await this.#readerOf(pair).catchUp(channel, deadlineAtMs);
  }

  stop(): void {
    for (const reader of this.#readers.values()) reader.close();
    this.#readers.clear();
  }

  #readerOf(pair: Pair): RelayReader {
    const known = this.#readers.get(keyOf(pair));
    if (known !== undefined) return known;
    const { clock, open } = this.#options;
    const reader = new RelayReader({ clock, open: () => open(pair.consumer) });
    this.#readers.set(keyOf(pair), reader);
    return reader;
  }
}

/** Undefined where the consumer holds no channel to it, or has no place in it yet. */
function channelOf(picture: Picture, { source, consumer }: Pair): RelayChannel | undefined {
  const link = picture.links.find((each) => each.source === source && each.consumer === consumer);
  const view = picture.views.get(consumer);
  const { name, executed, relay } = link?.channel ?? {};
  if (name === undefined || view?.kind !== 'answered') return undefined;
  if (executed === undefined || executed.file === '' || relay === undefined) return undefined;
  const { flavour, version, identity } = view;
  const dialect = { flavour, version };
  return { name, relay, source: executed, consumerId: identity.serverId, dialect };
}

function keyOf({ source, consumer }: Pair): string {
  return JSON.stringify([source, consumer]);
}
