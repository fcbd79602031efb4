// Pictures of what might be, made from one of what is: every link at its worst, links that are being
// made, doubts left out. Pure; nobody is told of them, they only answer "and if?".
import { type Link, type LinkState, type Picture, STRANGER, worse } from '../topology/snapshot.js';

/** A statement under way that links a consumer to these sources. */
export interface Relinking {
  readonly consumer: string;
  readonly sources: readonly string[];
  /** In words, for the denial: `START SLAVE of session 7`. */
  readonly by: string;
}

/** Everybody, and somebody nobody knows, follows this server in this state. */
export function allLinked(picture: Picture, server: string, state: LinkState): Picture {
  const consumers = picture.entries.map(({ name }) => name).filter((name) => name !== server);
  const links = [...consumers, STRANGER].map((consumer) =>
    made({ source: server, consumer, state, reason: 'if it were linked' }),
  );
  return { ...picture, links };
}

/** As it would be with these links made. One that is worse already stays as it is. */
export function withLinks(picture: Picture, relinkings: readonly Relinking[]): Picture {
  if (relinkings.length === 0) return picture;
  const links = new Map<string, Link>();
  for (const link of picture.links) {
    if (link.consumer !== STRANGER) links.set(keyOf(link), link);
  }
  for (const { consumer, sources, by } of relinkings) {
    for (const source of sources) {
      if (source === consumer) continue;
      const link = made({ source, consumer, state: 'live', reason: `${by} links it` });
      const before = links.get(keyOf(link));
      if (before !== undefined && worse(before.state, link.state) === before.state) continue;
      links.set(keyOf(link), { ...link, threads: before?.threads ?? [] });
    }
  }
  const strangers = picture.links.filter(({ consumer }) => consumer === STRANGER);
  return { ...picture, links: [...links.values(), ...strangers] };
}

/** Only what is known for certain counts. Never for a verdict: to tell a doubt from a link. */
export function withoutDoubts(picture: Picture): Picture {
  return { ...picture, links: picture.links.filter(({ state }) => state !== 'unknown') };
}

function made(link: Pick<Link, 'source' | 'consumer' | 'state' | 'reason'>): Link {
  return { ...link, threads: [], reader: false };
}

function keyOf({ source, consumer }: Pick<Link, 'source' | 'consumer'>): string {
  return JSON.stringify([source, consumer]);
}
