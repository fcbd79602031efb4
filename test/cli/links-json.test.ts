import { describe, expect, it } from 'vitest';
import { linksJson } from '../../src/cli/links-json.js';
import { answered, channelFrom, linkOf, mariadb, pictureWith, silent } from '../topology/views.js';

const NOW_MS = 121_000;

describe('links as JSON', () => {
  const picture = pictureWith(
    [
      { ...linkOf('db1', 'db2', 'severed'), sinceMs: 1_000 },
      { ...linkOf('db1', 'replica1', 'live'), channel: channelFrom('db1') },
      { ...linkOf('db2', 'db1', 'armed'), channel: channelFrom('db2') },
    ],
    [answered('db1'), mariadb('db2'), answered('replica1'), silent('replica2', {})],
  );
  const json = JSON.parse(JSON.stringify(linksJson(picture, NOW_MS)));

  it('has every link, reach and server, with times as text', () => {
    expect(json).toMatchObject({ v: 1, now: '1970-01-01T00:02:01.000Z' });
    expect(json.links).toHaveLength(3);
    expect(json.links[0]).toMatchObject({ state: 'severed', since: '1970-01-01T00:00:01.000Z' });
    expect(json.reach.db2).toContainEqual(
      expect.objectContaining({ path: ['db2', 'db1', 'replica1'], state: 'armed' }),
    );
    expect(json.servers[3]).toMatchObject({ name: 'replica2', kind: 'silent' });
  });

  it('says what severs a link, in the consumer’s own words', () => {
    expect(json.links[2].sever).toBe('on db1: STOP REPLICA; RESET REPLICA ALL');
    expect(json.links[0]).not.toHaveProperty('sever');
  });
});
