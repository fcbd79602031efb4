// What the running Interlock answers `interlock links` with over its admin socket: the picture as
// of now and what is known of residue, as data and as drawn text.
import type { Clock } from '../clock.js';
import type { Residues } from '../residue/residues.js';
import type { Picture } from '../topology/snapshot.js';
import { linksJson } from './links-json.js';
import { renderLinks } from './links-view.js';

/** Columns of `interlock links` as the running Interlock draws it. */
const LINKS_WIDTH = 100;

export interface LinksSources {
  readonly topology: { fresh(): Promise<Picture> };
  readonly residues: Pick<Residues, 'all'>;
  readonly clock: Clock;
}

export function linksRoutes({ topology, residues, clock }: LinksSources) {
  const text = async (color: boolean): Promise<string> => {
    const picture = await topology.fresh();
    const residue = residues.all(picture);
    return renderLinks(picture, clock.now(), { color, width: LINKS_WIDTH, residue });
  };
  return {
    '/links': async () => {
      const picture = await topology.fresh();
      return linksJson(picture, clock.now(), residues.all(picture));
    },
    '/links/plain': () => text(false),
    '/links/colored': () => text(true),
  };
}
