import { describe, expect, it } from 'vitest';
import { reachOf } from '../../src/topology/cascade.js';
import {
  LINK_STATES,
  type Link,
  type LinkState,
  type Picture,
  STRANGER,
} from '../../src/topology/snapshot.js';
import { fc } from '../support/properties.js';
import { answered, linkOf, pictureWith, silent } from './views.js';

function reach(picture: Picture, server: string): readonly string[] {
  return reachOf(picture, server).map(({ path, state }) => `${path.join('>')} ${state}`);
}

const THREE = [answered('db1'), answered('db2'), answered('replica1', { readOnly: true })];

describe('reach', () => {
  it('goes through a server that passes on, and takes the weakest link’s state', () => {
    const links = [linkOf('db2', 'db1', 'armed'), linkOf('db1', 'replica1', 'live')];
    const picture = pictureWith(links, THREE);
    expect(reach(picture, 'db2')).toEqual(['db2>db1 armed', 'db2>db1>replica1 armed']);
    expect(reachOf(picture, 'db2')[1]?.reason).toBe('db2 to db1');
  });

  it('ends at a server that passes nothing on', () => {
    const links = [linkOf('db2', 'db1', 'live'), linkOf('db1', 'replica1', 'live')];
    const views = [answered('db1', { passesOn: false }), answered('db2'), answered('replica1')];
    expect(reach(pictureWith(links, views), 'db2')).toEqual(['db2>db1 live']);
  });

  it('goes through a server that did not answer', () => {
    const links = [linkOf('db2', 'db1', 'unknown'), linkOf('db1', 'replica1', 'unknown')];
    const views = [silent('db1'), answered('db2'), answered('replica1')];
    expect(reach(pictureWith(links, views), 'db2')).toHaveLength(2);
  });

  it('starts at a server whether it passes on what it receives or not', () => {
    const views = [answered('db1', { passesOn: false }), answered('db2')];
    expect(reach(pictureWith([linkOf('db1', 'db2', 'live')], views), 'db1')).toHaveLength(1);
  });

  it('ends in a ring, and never includes where it began', () => {
    const ring = [
      linkOf('db1', 'db2', 'live'),
      linkOf('db2', 'replica1', 'live'),
      linkOf('replica1', 'db1', 'live'),
    ];
    expect(reach(pictureWith(ring, THREE), 'db1')).toEqual([
      'db1>db2 live',
      'db1>db2>replica1 live',
    ]);
  });

  it('takes the most dangerous of two paths, though it is longer', () => {
    const links = [
      linkOf('db1', 'replica1', 'armed'),
      linkOf('db1', 'db2', 'unknown'),
      linkOf('db2', 'replica1', 'live'),
    ];
    expect(reach(pictureWith(links, THREE), 'db1')).toEqual([
      'db1>db2 unknown',
      'db1>db2>replica1 live',
    ]);
  });

  it('leaves out severed links and readers, and counts strangers', () => {
    const links = [
      linkOf('db1', 'db2', 'severed'),
      { ...linkOf('db1', STRANGER, 'live'), reader: true },
    ];
    expect(reach(pictureWith(links, THREE), 'db1')).toEqual([]);
    const stranger = pictureWith([...links, linkOf('db1', STRANGER, 'live')], THREE);
    expect(reachOf(stranger, 'db1')).toMatchObject([{ server: STRANGER, writable: true }]);
  });

  it('calls writable what takes writes, is guarded or did not answer', () => {
    const links = ['db2', 'replica1', 'replica2', 'replica3'].map((name) =>
      linkOf('db1', name, 'live'),
    );
    const views = [
      answered('db1'),
      answered('db2', { readOnly: true }),
      answered('replica1', { readOnly: true }),
      answered('replica2'),
      silent('replica3'),
    ];
    const found = reachOf(pictureWith(links, views), 'db1');
    const writable = found.filter((entry) => entry.writable).map(({ server }) => server);
    expect(writable).toEqual(['db2', 'replica2', 'replica3']);
  });

  it('agrees with a search over every simple path', () => {
    const names = ['db1', 'db2', 'db3', 'db4'];
    const pairs = names.flatMap((a) => names.filter((b) => b !== a).map((b) => [a, b] as const));
    const states = fc.array(fc.constantFrom(...LINK_STATES), { minLength: 12, maxLength: 12 });
    const passing = fc.array(fc.boolean(), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(states, passing, (chosen, passesOn) => {
        const links = pairs.map(([a, b], index) => linkOf(a, b, chosen[index] ?? 'severed'));
        const views = names.map((name, index) =>
          answered(name, { passesOn: passesOn[index] === true }),
        );
        const picture = pictureWith(links, views);
        const found = new Map(reachOf(picture, 'db1').map(({ server, state }) => [server, state]));
        expect(found).toEqual(
          everyPath(links, new Set(names.filter((_, i) => passesOn[i] === true))),
        );
      }),
      { numRuns: 300 },
    );
  });
});

/** The reference: all simple paths from db1, each as dangerous as its least dangerous link. */
function everyPath(links: readonly Link[], passing: ReadonlySet<string>): Map<string, LinkState> {
  const best = new Map<string, LinkState>();
  const walk = (seen: readonly string[], state: LinkState): void => {
    for (const { consumer, state: next } of linksOn(seen, links, passing)) {
      const weaker = rank(next) < rank(state) ? next : state;
      if (rank(weaker) > rank(best.get(consumer))) best.set(consumer, weaker);
      walk([...seen, consumer], weaker);
    }
  };
  walk(['db1'], 'unknown');
  return best;
}

function linksOn(
  seen: readonly string[],
  links: readonly Link[],
  passing: ReadonlySet<string>,
): readonly Link[] {
  const at = seen.at(-1) ?? '';
  if (seen.length > 1 && !passing.has(at)) return [];
  const isOnward = (link: Link) => link.source === at && !seen.includes(link.consumer);
  return links.filter((link) => isOnward(link) && link.state !== 'severed');
}

function rank(state: LinkState | undefined): number {
  return state === undefined ? -1 : LINK_STATES.indexOf(state);
}
