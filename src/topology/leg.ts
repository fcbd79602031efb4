// Whether a session and the monitor speak to one server: an address may be a load balancer's or one
// that moves, and then what the monitor saw says nothing of where the statement would run. Pure.
import type { Link, Picture } from './snapshot.js';

const ELSEWHERE = 'this session is on another server than the one asked: is its address shared?';

/** The picture for a session on `leg`: where that is another server, its links are unknown. */
export function pictureFrom(picture: Picture, server: string, leg: string | undefined): Picture {
  const view = picture.views.get(server);
  if (leg === undefined || view?.kind !== 'answered' || view.leg === undefined) return picture;
  if (view.leg === leg) return picture;
  const links = picture.links.map((link): Link => {
    const isMeant = link.source === server || link.consumer === server;
    return isMeant && !link.reader ? { ...link, state: 'unknown', reason: ELSEWHERE } : link;
  });
  return { ...picture, links };
}
