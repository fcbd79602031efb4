// How far an effect at one server would travel: every server behind it, with the most dangerous
// path. Pure; it knows links and who passes on what, and decides nothing.
import { type Carried, linkAsCarried } from './carriers.js';
import {
  LINK_STATES,
  type Link,
  type LinkState,
  type Picture,
  type ReachEntry,
  type ServerView,
  STRANGER,
} from './snapshot.js';

type LinkedState = ReachEntry['state'];

/**
 * Everything an effect at `server` would get to, the most dangerous and then the nearest first.
 * `carried`: the kinds of links that it gets onto there; all, if not said. Servers that apply it
 * pass it on as they pass on everything.
 */
export function reachOf(
  picture: Picture,
  server: string,
  carried?: Carried,
): readonly ReachEntry[] {
  const best = new Map<string, ReachEntry>();
  const links =
    carried === undefined
      ? picture.links
      : picture.links.map((link) =>
          link.source === server ? linkAsCarried(link, picture, carried) : link,
        );
  const linksFrom = linksBySource(links);
  let wave: readonly Step[] = [{ server, path: [server], state: 'unknown', reason: '' }];
  // A server is looked at again only when a more dangerous path to it is found, so loops end.
  while (wave.length > 0) {
    wave = wave
      .flatMap((step) => stepsBeyond(picture, linksFrom, step))
      .filter((step) => {
        if (step.server === server || !isBetter(step, best.get(step.server))) return false;
        best.set(step.server, entryOf(picture, step));
        return true;
      });
  }
  return [...best.values()].sort(byDanger);
}

interface Step {
  readonly server: string;
  readonly path: readonly string[];
  readonly state: LinkedState;
  readonly reason: string;
}

function linksBySource(links: readonly Link[]): ReadonlyMap<string, readonly Link[]> {
  const bySource = new Map<string, Link[]>();
  for (const link of links) {
    if (link.reader || link.state === 'severed') continue;
    const found = bySource.get(link.source);
    if (found === undefined) bySource.set(link.source, [link]);
    else found.push(link);
  }
  return bySource;
}

function stepsBeyond(
  picture: Picture,
  linksFrom: ReadonlyMap<string, readonly Link[]>,
  step: Step,
): readonly Step[] {
  const isOrigin = step.path.length === 1;
  if (!isOrigin && !passesOn(picture, step.server)) return [];
  const links = linksFrom.get(step.server) ?? [];
  return links.flatMap((link) => {
    if (link.state === 'severed' || step.path.includes(link.consumer)) return [];
    const isWeakest = isOrigin || danger(link.state) < danger(step.state);
    return [
      {
        server: link.consumer,
        path: [...step.path, link.consumer],
        state: isWeakest ? link.state : step.state,
        reason: isWeakest ? link.reason : step.reason,
      },
    ];
  });
}

/** Of a server that did not answer the worst counts; nobody is known behind a stranger. */
function passesOn(picture: Picture, server: string): boolean {
  if (server === STRANGER) return false;
  const view = picture.views.get(server);
  return view?.kind !== 'answered' || view.passesOn;
}

/** A step of equal danger replaces another only by a shorter path. */
function isBetter(step: Step, known: ReachEntry | undefined): boolean {
  if (known === undefined) return true;
  const difference = danger(step.state) - danger(known.state);
  return difference === 0 ? step.path.length < known.path.length : difference > 0;
}

function entryOf(picture: Picture, step: Step): ReachEntry {
  const { server, path, state, reason } = step;
  return { server, path, state, reason, writable: isWritable(picture, server) };
}

function isWritable(picture: Picture, server: string): boolean {
  const entry = picture.entries.find(({ name }) => name === server);
  const view: ServerView | undefined = picture.views.get(server);
  if (entry === undefined || entry.guarded || view?.kind !== 'answered') return true;
  return !view.readOnly;
}

function byDanger(a: ReachEntry, b: ReachEntry): number {
  return danger(b.state) - danger(a.state) || a.path.length - b.path.length;
}

function danger(state: LinkState): number {
  return LINK_STATES.indexOf(state);
}
