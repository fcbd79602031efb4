// What `interlock links --json` says of a picture, for programs. Fields are added, never renamed.
// Counterpart: links-view.ts.
import type { PairResidue } from '../residue/pair.js';
import { reachOf } from '../topology/cascade.js';
import type { Link, Picture, ServerView } from '../topology/snapshot.js';
import { termsOf } from '../topology/terms.js';
import { residueJson } from './residue-view.js';

/** Every link, the reach of every guarded server, every server's own words. */
export function linksJson(
  picture: Picture,
  nowMs: number,
  residue?: readonly PairResidue[],
): unknown {
  return {
    v: 1,
    now: new Date(nowMs).toISOString(),
    askedAt: new Date(picture.askedAtMs).toISOString(),
    servers: picture.entries.map((entry) => ({
      ...entry,
      ...jsonView(picture.views.get(entry.name)),
    })),
    links: picture.links.map(({ sinceMs, ...link }) => {
      const sever = severWords(picture, { ...link });
      return {
        ...link,
        ...(sinceMs === undefined ? {} : { since: new Date(sinceMs).toISOString() }),
        ...(sever === undefined ? {} : { sever }),
      };
    }),
    reach: Object.fromEntries(
      picture.entries
        .filter(({ guarded }) => guarded)
        .map(({ name }) => [name, reachOf(picture, name)]),
    ),
    ...(residue === undefined ? {} : { residue: residueJson(residue) }),
  };
}

function jsonView(view: ServerView | undefined): Readonly<Record<string, unknown>> {
  if (view === undefined) return { kind: 'silent', reason: 'never-asked' };
  const { askedAtMonotonicMs: _, server: __, ...rest } = view;
  return rest;
}

/** Where a statement that severs each link would be typed, and what. */
function severWords(picture: Picture, link: Link): string | undefined {
  const view = picture.views.get(link.consumer);
  if (view?.kind !== 'answered' || link.channel === undefined) return undefined;
  const isOnly = view.channels.length <= 1;
  return `on ${link.consumer}: ${termsOf(view).sever(link.channel.name, isOnly)}`;
}
