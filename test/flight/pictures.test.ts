import { expect, it } from 'vitest';
import { allLinked, withLinks, withoutDoubts } from '../../src/flight/pictures.js';
import { reachOf } from '../../src/topology/cascade.js';
import { pictureIn } from './flying.js';

it('has everybody follow, and somebody unknown', () => {
  const reach = reachOf(allLinked(pictureIn('severed'), 'db2', 'armed'), 'db2');
  expect(reach.map(({ server, state }) => [server, state])).toEqual([
    ['db1', 'armed'],
    ['stranger', 'armed'],
  ]);
});

it('has what is being linked be live, and nothing be better than it is', () => {
  const relinking = { consumer: 'db1', sources: ['db2', 'db1'], by: 'START SLAVE of session 3' };
  const linked = withLinks(pictureIn('severed'), [relinking]);
  expect(linked.links).toMatchObject([
    { source: 'db2', consumer: 'db1', state: 'live', reason: 'START SLAVE of session 3 links it' },
  ]);
  expect(withLinks(pictureIn('unknown'), [relinking]).links[0]?.state).toBe('unknown');
});

it('leaves doubts out, and nothing else', () => {
  expect(withoutDoubts(pictureIn('unknown')).links).toEqual([]);
  expect(withoutDoubts(pictureIn('armed')).links).toHaveLength(1);
});
