import { expect, it } from 'vitest';
import { Admissions, Place } from '../../src/gateway/admissions.js';

const LIMITS = {
  connections: 4,
  unauthenticated: 3,
  unauthenticatedPerAddress: 2,
  handshakeTimeoutMs: 1_000,
  statementBytes: 1_024,
};

const host = { arrived: () => undefined, left: () => undefined };

function enter(admissions: Admissions): Place {
  const place = admissions.enter(LIMITS, host);
  if (typeof place === 'string') throw new Error(place);
  return place;
}

it('lets in as many as may be in all, and names the limit to the next', () => {
  const admissions = new Admissions();
  const places = [1, 2, 3, 4].map(() => {
    const place = enter(admissions);
    place.loggedIn(7);
    return place;
  });
  expect(places.map(({ session }) => session)).toEqual([1, 2, 3, 4]);
  expect(admissions.enter(LIMITS, host)).toBe('limits.connections (4)');
  places[0]?.leave();
  expect(admissions.enter(LIMITS, host)).toBeInstanceOf(Place);
});

it('counts those who have not logged in apart, in all and by address', () => {
  const admissions = new Admissions();
  const [first, second, third] = [enter(admissions), enter(admissions), enter(admissions)];
  expect(admissions.enter(LIMITS, host)).toBe('limits.unauthenticated (3)');
  expect(first.isFrom('192.0.2.1', LIMITS)).toBe(true);
  expect(second.isFrom('192.0.2.1', LIMITS)).toBe(true);
  expect(third.isFrom('192.0.2.1', LIMITS)).toBe(false);
  expect(third.isFrom('192.0.2.2', LIMITS)).toBe(true);
  first.loggedIn(7);
  expect(enter(admissions).isFrom('192.0.2.1', LIMITS)).toBe(true);
});

it('counts nobody out twice, and forgets addresses', () => {
  const admissions = new Admissions();
  const told: string[] = [];
  const place = admissions.enter(LIMITS, {
    arrived: (threadId) => told.push(`arrived ${threadId}`),
    left: (threadId) => told.push(`left ${threadId}`),
  });
  if (typeof place === 'string') throw new Error(place);
  place.isFrom('192.0.2.1', LIMITS);
  place.loggedIn(7);
  place.leave();
  place.leave();
  place.loggedIn(7);
  expect(told).toEqual(['arrived 7', 'left 7']);
  expect(admissions).toMatchObject({ connections: 0, unauthenticated: 0 });
  expect(admissions.waitingFrom('192.0.2.1')).toBe(0);
});

it('says of one that never logged in that it had no thread', () => {
  const told: unknown[] = [];
  const place = new Admissions().enter(LIMITS, {
    arrived: (threadId) => told.push(threadId),
    left: (threadId) => told.push(threadId),
  });
  if (typeof place === 'string') throw new Error(place);
  place.leave();
  expect(told).toEqual([undefined]);
});
