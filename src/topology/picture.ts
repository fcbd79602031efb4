// One picture from what every server said, with since when each link is in its state. Pure but for
// SinceBook, which remembers the last state of each link and nothing else.
import { linksOf } from './links.js';
import type {
  Identity,
  Link,
  LinkState,
  Picture,
  ReaderSpec,
  ServerEntry,
  ServerView,
} from './snapshot.js';
import { STRANGER } from './snapshot.js';

export interface PictureParts {
  readonly entries: readonly ServerEntry[];
  readonly views: readonly ServerView[];
  readonly readers: readonly ReaderSpec[];
  readonly identities?: ReadonlyMap<string, Identity>;
}

/** As old as the oldest of its views. */
export function pictureOf(parts: PictureParts): Picture {
  const { entries, readers, identities } = parts;
  const views = new Map(parts.views.map((view) => [view.server, view]));
  const links = linksOf({
    entries,
    views,
    readers,
    ...(identities === undefined ? {} : { identities }),
  });
  return {
    askedAtMs: Math.min(...parts.views.map(({ askedAtMs }) => askedAtMs)),
    askedAtMonotonicMs: Math.min(...parts.views.map((view) => view.askedAtMonotonicMs)),
    entries,
    views,
    links,
  };
}

/** Since when each link is in its state, as far as it was watched. */
export class SinceBook {
  #since = new Map<string, { readonly state: LinkState; readonly sinceMs: number }>();

  /** The picture with `sinceMs` on every link; what is no longer in it is forgotten. */
  dated(picture: Picture): Picture {
    const since = new Map<string, { readonly state: LinkState; readonly sinceMs: number }>();
    const links = picture.links.map((link): Link => {
      const key = keyOf(link);
      const known = this.#since.get(key);
      const kept = known?.state === link.state ? known : undefined;
      const now = kept ?? { state: link.state, sinceMs: picture.askedAtMs };
      since.set(key, now);
      return { ...link, sinceMs: now.sinceMs };
    });
    this.#since = since;
    return { ...picture, links: [...links, ...overstayed(links, picture)] };
  }
}

/**
 * A source notices by its next heartbeat that a consumer has gone: half a minute unless somebody set
 * it longer, half an hour on MySQL 5.6.
 */
const LEFTOVER_MS = 120_000;
const OLD_LEFTOVER_MS = 1_860_000;
const SHORT_HEARTBEAT_SINCE = 50_700;

/** Dump threads that outlive their consumer's last channel are a copy's, which bears its identity. */
function overstayed(links: readonly Link[], picture: Picture): readonly Link[] {
  return links.flatMap((link): readonly Link[] => {
    const { source, consumer, state, sinceMs = picture.askedAtMs } = link;
    const threads = link.threads.filter(({ threadId }) => threadId !== undefined);
    const goneMs = picture.askedAtMs - sinceMs;
    const isLate = state === 'severed' && goneMs > leftoverMs(picture.views.get(source));
    if (!isLate || threads.length === 0) return [];
    const reason =
      `reads the binary log as ${consumer}, which has had no channel here for ` +
      `${Math.floor(goneMs / 60_000)} min: is it a copy? KILL ${threads[0]?.threadId} ends it`;
    return [
      { ...{ source, consumer: STRANGER, state: 'live', reason }, threads, reader: false, sinceMs },
    ];
  });
}

function leftoverMs(view: ServerView | undefined): number {
  const isOld =
    view?.kind === 'answered' && view.flavour === 'mysql' && view.version < SHORT_HEARTBEAT_SINCE;
  return isOld ? OLD_LEFTOVER_MS : LEFTOVER_MS;
}

/** Strangers have one name, so their thread tells them apart. */
function keyOf(link: Link): string {
  const thread = link.consumer === STRANGER ? (link.threads[0]?.threadId ?? link.reason) : '';
  return JSON.stringify([link.source, link.consumer, thread]);
}
