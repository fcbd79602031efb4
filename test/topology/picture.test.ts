import { describe, expect, it } from 'vitest';
import { pictureOf, SinceBook } from '../../src/topology/picture.js';
import { STRANGER } from '../../src/topology/snapshot.js';
import { answered, entryOf, linkOf, pictureWith } from './views.js';

describe('a picture', () => {
  it('is as old as the oldest of its views', () => {
    const views = [
      answered('db1', { askedAtMs: 2_000, askedAtMonotonicMs: 20 }),
      answered('db2', { askedAtMs: 1_500, askedAtMonotonicMs: 15 }),
    ];
    const entries = views.map(({ server }) => entryOf(server));
    const picture = pictureOf({ entries, views, readers: [] });
    expect(picture).toMatchObject({ askedAtMs: 1_500, askedAtMonotonicMs: 15 });
    expect(picture.links).toHaveLength(2);
  });
});

describe('since when', () => {
  const views = [answered('db1'), answered('db2')];
  const at = (askedAtMs: number, state: 'live' | 'armed') => ({
    ...pictureWith([linkOf('db1', 'db2', state)], views),
    askedAtMs,
  });

  it('stays as long as the state does, and begins anew with another', () => {
    const book = new SinceBook();
    const since = (...of: Parameters<typeof at>) => book.dated(at(...of)).links[0]?.sinceMs;
    expect([since(1, 'live'), since(2, 'live'), since(3, 'armed'), since(4, 'live')]).toEqual([
      1, 1, 3, 4,
    ]);
  });

  it('tells strangers apart by their thread, and forgets those that left', () => {
    const book = new SinceBook();
    const stranger = (threadId: number) => ({
      ...linkOf('db1', STRANGER, 'live'),
      threads: [{ threadId }],
    });
    const dated = (askedAtMs: number, ...threads: readonly number[]) =>
      book.dated({ ...pictureWith(threads.map(stranger), views), askedAtMs }).links;
    dated(1, 7);
    expect(dated(2, 7, 8).map(({ sinceMs }) => sinceMs)).toEqual([1, 2]);
    dated(3, 8);
    expect(dated(4, 7).map(({ sinceMs }) => sinceMs)).toEqual([4]);
  });
});

describe('what lingers at a source', () => {
  const MINUTE = 60_000;
  const lingering = (source = answered('db1'), threads = [{ threadId: 43 }]) => {
    const book = new SinceBook();
    const link = { ...linkOf('db1', 'db2', 'severed'), threads };
    const picture = pictureWith([link], [source, answered('db2')]);
    book.dated({ ...picture, askedAtMs: 0 });
    return (minutes: number) =>
      book
        .dated({ ...picture, askedAtMs: minutes * MINUTE })
        .links.filter(({ consumer }) => consumer === STRANGER);
  };

  it('is a leftover for two minutes, then a stranger that bears the identity of another', () => {
    const at = lingering();
    expect(at(2)).toEqual([]);
    expect(at(3)).toMatchObject([{ source: 'db1', state: 'live', threads: [{ threadId: 43 }] }]);
    expect(at(3)[0]?.reason).toBe(
      'reads the binary log as db2, which has had no channel here for 3 min: is it a copy? ' +
        'KILL 43 ends it',
    );
  });

  it('may linger for half an hour on MySQL 5.6, and in a list for ever', () => {
    const old = lingering(answered('db1', { version: 50_624 }));
    expect(old(30)).toEqual([]);
    expect(old(32)).toHaveLength(1);
    expect(lingering(answered('db1'), [])(60)).toEqual([]);
  });
});
