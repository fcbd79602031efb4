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
