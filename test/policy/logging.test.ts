import { describe, expect, it } from 'vitest';
import {
  isAsSessionSays,
  loggedOf,
  loggedWord,
  reachOfEffect,
  reachOfStatement,
} from '../../src/policy/logging.js';
import type { Effect, StatementEffect } from '../../src/sql/effect.js';
import type { ReachEntry } from '../../src/topology/snapshot.js';

const of = (effect: Effect, more: Partial<StatementEffect> = {}): StatementEffect => ({
  effect,
  verb: 'X',
  objects: [],
  deferred: false,
  ...more,
});
const db1: ReachEntry = {
  server: 'db1',
  path: ['db2', 'db1'],
  state: 'live',
  writable: true,
  reason: '',
};

describe('whether a statement travels', () => {
  it('is as its session says only of what runs now and is carried by a log', () => {
    expect(isAsSessionSays(of('drop-table'))).toBe(true);
    expect(isAsSessionSays(of('delete-unbounded'))).toBe(true);
    expect(isAsSessionSays(of('drop-table', { deferred: true }))).toBe(false);
    expect(isAsSessionSays(of('drop-table', { isLoggingOpen: true }))).toBe(false);
    for (const effect of ['destroy-history', 'relink', 'unlog', 'run-opaque', 'unreadable']) {
      expect(isAsSessionSays(of(effect as Effect)), effect).toBe(false);
    }
  });

  it('is true as soon as one kind of link carries it', () => {
    expect(loggedWord({ binlog: true, galera: false }, true)).toBe(true);
    expect(loggedWord({ binlog: false, galera: true }, true)).toBe(true);
    expect(loggedWord({ binlog: false, galera: true }, false)).toBe(false);
    expect(loggedWord({ binlog: false, galera: 'unknown' }, true)).toBe('unknown');
    expect(loggedWord({ binlog: false, galera: false }, true)).toBe(false);
  });

  it('reaches nobody when it is not logged, unless it needs no log for that', () => {
    const facts = { reach: [db1], travelsTo: [], logged: false as const };
    expect(reachOfEffect(of('drop-table'), facts)).toEqual([]);
    expect(reachOfEffect(of('destroy-history'), facts)).toEqual([db1]);
    expect(reachOfEffect(of('drop-table'), { reach: [db1] })).toEqual([db1]);
    expect(loggedOf(of('drop-table'), facts)).toBe(false);
    expect(loggedOf(of('drop-table', { deferred: true }), facts)).toBe('unknown');
  });

  it('of several effects reaches as far as the furthest', () => {
    const facts = { reach: [db1], travelsTo: [] };
    expect(reachOfStatement({ ...facts, effects: [of('drop-table')] })).toEqual([]);
    const both = [of('drop-table'), of('run-opaque')];
    expect(reachOfStatement({ ...facts, effects: both })).toEqual([db1]);
  });
});
