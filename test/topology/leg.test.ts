import { describe, expect, it } from 'vitest';
import { pictureFrom } from '../../src/topology/leg.js';
import { answered, linkOf, pictureWith } from './views.js';

const LINKS = [
  linkOf('db1', 'db2', 'severed'),
  linkOf('db2', 'db1', 'live'),
  linkOf('db2', 'db3', 'severed'),
];
const picture = pictureWith(LINKS, [answered('db1', { leg: '1\na' }), answered('db2')]);
const states = (server: string, leg: string | undefined) =>
  pictureFrom(picture, server, leg).links.map(({ state }) => state);

describe('the picture of a session', () => {
  it('is the monitor’s where both are on one server', () => {
    expect(pictureFrom(picture, 'db1', '1\na')).toBe(picture);
  });

  it('knows nothing of the links of its server where it is on another', () => {
    expect(states('db1', '1\nb')).toEqual(['unknown', 'unknown', 'severed']);
    expect(pictureFrom(picture, 'db1', '2\na').links[0]?.reason).toContain('another server');
  });

  it('is the monitor’s where one of them did not say', () => {
    expect(states('db1', undefined)).toEqual(['severed', 'live', 'severed']);
    expect(states('db2', '1\nb')).toEqual(['severed', 'live', 'severed']);
    expect(states('db9', '1\nb')).toEqual(['severed', 'live', 'severed']);
  });
});
