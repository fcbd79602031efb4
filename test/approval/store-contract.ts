// What any store of approvals must do, whatever it is made of: each kind of store runs all of this.
import { expect, it } from 'vitest';
import type { ApprovalStore, NewRequest, StoredToken } from '../../src/approval/store.js';

export const CAPS = { perAccount: 3, inAll: 5 };
export const NOW_MS = 1_800_000_000_000;

/** A request that takes signatures for 1000 ms and ends after 2000. */
export function requestOf(id: string, more: Partial<NewRequest> = {}): NewRequest {
  return {
    id,
    fingerprint: `statement of ${id}`,
    situation: `situation of ${id}`,
    account: 'dba',
    openedMs: NOW_MS,
    gatherUntilMs: NOW_MS + 1000,
    endsMs: NOW_MS + 2000,
    uses: 1,
    body: `{"what":"${id}, with 'quotes', \\"more\\" and ünïcode 🔑"}`,
    ...more,
  };
}

export function tokenOf(id: string, more: Partial<StoredToken> = {}): StoredToken {
  return {
    id,
    person: 'alice',
    decision: 'approve',
    addedMs: NOW_MS + 1,
    token: `aaa.${id}.zzz`,
    ...more,
  };
}

/** `open` gives an empty store at first, and the same one again to whoever asks again. */
export function storeContract(open: () => Promise<ApprovalStore>): void {
  it('keeps its identity', async () => {
    const first = await (await open()).identity();
    expect(await (await open()).identity()).toEqual(first);
    expect(first.id).toMatch(/^[A-Za-z0-9_-]{16,}$/);
    expect(first.key).toHaveLength(32);
  });

  it('tries whether it can be written', async () => {
    const store = await open();
    const before = await store.identity();
    for (let time = 0; time < 3; time += 1) await store.tryChange();
    expect(await store.identity()).toEqual(before);
    expect(await (await open()).listOpen()).toEqual([]);
  });

  it('gives a request back as it was put in', async () => {
    const store = await open();
    const request = requestOf('A1');
    const opened = await store.openRequest(request, CAPS);
    const stored = { ...request, state: 'open', tokens: [], used: [] };
    expect(opened).toEqual({ kind: 'opened', request: stored });
    expect(await (await open()).find('A1')).toEqual(stored);
    expect(await store.recent(request.fingerprint)).toEqual([stored]);
    expect(await store.listOpen()).toEqual([stored]);
    expect(await store.find('A2')).toBeUndefined();
  });

  it('finds the open request of the same situation instead of a second one', async () => {
    const store = await open();
    await store.openRequest(requestOf('B1'), CAPS);
    const again = requestOf('B2', { situation: 'situation of B1', openedMs: NOW_MS + 999 });
    expect(await store.openRequest(again, CAPS)).toMatchObject({
      kind: 'found',
      request: { id: 'B1' },
    });
    const late = requestOf('B3', { situation: 'situation of B1', openedMs: NOW_MS + 1000 });
    expect(await store.openRequest(late, CAPS)).toMatchObject({ kind: 'opened' });
  });

  it('gives two that race for one situation one request', async () => {
    const stores = await Promise.all([open(), open(), open(), open()]);
    const opened = await Promise.all(
      stores.map((store, index) => store.openRequest(requestOf(`R${index}`, SAME), CAPS)),
    );
    const ids = opened.map((each) => ('request' in each ? each.request.id : each.kind));
    expect(new Set(ids).size).toBe(1);
    expect(opened.filter(({ kind }) => kind === 'opened')).toHaveLength(1);
  });

  it('refuses the new request when an account, or all, have too many, and keeps the old', async () => {
    const store = await open();
    for (const id of ['C1', 'C2', 'C3']) await store.openRequest(requestOf(id), CAPS);
    const fourth = await store.openRequest(requestOf('C4'), CAPS);
    expect(fourth).toEqual({ kind: 'full', of: 'account', open: 3 });
    for (const id of ['C5', 'C6']) {
      await store.openRequest(requestOf(id, { account: id }), CAPS);
    }
    const sixth = await store.openRequest(requestOf('C7', { account: 'C7' }), CAPS);
    expect(sixth).toEqual({ kind: 'full', of: 'all', open: 5 });
    expect((await store.listOpen()).map(({ id }) => id)).toEqual(['C1', 'C2', 'C3', 'C5', 'C6']);
    await store.consume('C1', { recordId: 'R1', usedMs: NOW_MS });
    expect(await store.openRequest(requestOf('C4'), CAPS)).toMatchObject({ kind: 'opened' });
  });

  it('holds the caps against all that race for the last place', async () => {
    const stores = await Promise.all(Array.from({ length: 6 }, open));
    await stores[0]?.openRequest(requestOf('N0'), CAPS);
    const opened = await Promise.all(
      stores.map((store, n) => store.openRequest(requestOf(`M${n}`), CAPS)),
    );
    expect(opened.filter(({ kind }) => kind === 'opened')).toHaveLength(CAPS.perAccount - 1);
    expect(await stores[0]?.listOpen()).toHaveLength(CAPS.perAccount);
  });

  it('keeps tokens in their order, each once, and only for what is open', async () => {
    const store = await open();
    await store.openRequest(requestOf('D1'), CAPS);
    const first = tokenOf('t1');
    const second = tokenOf('t2', { person: 'bob', addedMs: NOW_MS + 2 });
    expect(await store.addToken('D1', first)).toEqual({ kind: 'added' });
    expect(await store.addToken('D1', first)).toEqual({ kind: 'known' });
    expect(await store.addToken('D1', second)).toEqual({ kind: 'added' });
    expect(await store.addToken('D2', tokenOf('t3'))).toEqual({ kind: 'no-request' });
    expect((await store.find('D1'))?.tokens).toEqual([first, second]);
    await store.consume('D1', { recordId: 'R1', usedMs: NOW_MS + 3 });
    expect(await store.addToken('D1', tokenOf('t4'))).toEqual({ kind: 'ended', state: 'used' });
  });

  it('ends a request by a token that denies', async () => {
    const store = await open();
    await store.openRequest(requestOf('E1'), CAPS);
    await store.addToken('E1', tokenOf('no', { decision: 'deny' }));
    expect(await store.find('E1')).toMatchObject({ state: 'denied' });
    const use = { recordId: 'R1', usedMs: NOW_MS };
    expect(await store.consume('E1', use)).toMatchObject({ kind: 'ended' });
  });

  it('lets each use be taken once, and says by what it was', async () => {
    const store = await open();
    await store.openRequest(requestOf('F1'), CAPS);
    const use = { recordId: 'R1', usedMs: NOW_MS + 5 };
    expect(await store.consume('F1', use)).toEqual({ kind: 'consumed', usesLeft: 0 });
    expect(await store.consume('F1', { recordId: 'R2', usedMs: NOW_MS + 6 })).toMatchObject({
      kind: 'ended',
      request: { state: 'used', used: [use] },
    });
    expect(await store.consume('F2', use)).toEqual({ kind: 'no-request' });
  });

  it('counts the uses of a batch down to its end', async () => {
    const store = await open();
    await store.openRequest(requestOf('G1', { uses: 3 }), CAPS);
    const left = [];
    for (const recordId of ['R1', 'R2', 'R3', 'R4']) {
      const taken = await store.consume('G1', { recordId, usedMs: NOW_MS });
      left.push(taken.kind === 'consumed' ? taken.usesLeft : taken.kind);
    }
    expect(left).toEqual([2, 1, 0, 'ended']);
  });

  it('lets one session take of a batch, each item as often as it has been counted', async () => {
    const store = await open();
    await store.openRequest(requestOf('J1', { uses: 5 }), CAPS);
    const take = async (session: string, ...items: readonly number[]) => {
      const use = { recordId: `R${session}${items.join('')}`, usedMs: NOW_MS + 7 };
      const taking = { session, items: items.map((item) => ({ item, of: item + 1 })) };
      return await store.consume('J1', use, taking);
    };
    expect((await store.find('J1'))?.hold).toBeUndefined();
    expect(await take('s1', 1)).toEqual({ kind: 'consumed', usesLeft: 4 });
    const hold = {
      ...{ session: 's1', sinceMs: NOW_MS + 7, statements: 1 },
      last: { recordId: 'Rs11', usedMs: NOW_MS + 7 },
    };
    expect(await take('s2', 1)).toEqual({ kind: 'held', hold });
    expect(await (await open()).find('J1')).toMatchObject({ state: 'open', used: [], hold });
    expect(await take('s1', 0, 1)).toEqual({ kind: 'consumed', usesLeft: 3 });
    expect(await take('s1', 1)).toEqual({ kind: 'spent', item: 1 });
    // All of the items or none.
    expect(await take('s1', 2, 0)).toEqual({ kind: 'spent', item: 0 });
    expect(await take('s1', 2)).toEqual({ kind: 'consumed', usesLeft: 2 });
    expect(await take('s1', 2)).toEqual({ kind: 'consumed', usesLeft: 1 });
    expect(await take('s1', 2)).toEqual({ kind: 'consumed', usesLeft: 0 });
    expect(await take('s1', 2)).toMatchObject({
      kind: 'ended',
      request: { state: 'used', hold: { statements: 5, last: { recordId: 'Rs12' } } },
    });
  });

  it('gives a batch to one of all sessions that race for it', async () => {
    const stores = await Promise.all(Array.from({ length: 6 }, open));
    await stores[0]?.openRequest(requestOf('K1', { uses: 100 }), CAPS);
    const taken = await Promise.all(
      stores.map((store, n) => {
        const taking = { session: `s${n}`, items: [{ item: 0, of: 100 }] };
        return store.consume('K1', { recordId: `R${n}`, usedMs: NOW_MS }, taking);
      }),
    );
    expect(taken.filter(({ kind }) => kind === 'consumed')).toHaveLength(1);
    expect(taken.filter(({ kind }) => kind === 'held')).toHaveLength(5);
  });

  it('keeps the body of a batch of thousands', async () => {
    const store = await open();
    const body = JSON.stringify(Array.from({ length: 20_000 }, (_, n) => `shop.täble_${n}`));
    await store.openRequest(requestOf('L1', { body }), CAPS);
    expect((await store.find('L1'))?.body).toBe(body);
  });

  it('ends what is past its end, and lets nothing of it be used', async () => {
    const store = await open();
    await store.openRequest(requestOf('H1'), CAPS);
    const late = { recordId: 'R1', usedMs: NOW_MS + 2000 };
    expect(await store.consume('H1', late)).toMatchObject({ kind: 'ended' });
    expect(await store.expire(NOW_MS + 1999)).toEqual([]);
    expect(await store.expire(NOW_MS + 2000)).toEqual(['H1']);
    expect(await store.find('H1')).toMatchObject({ state: 'expired', used: [] });
    const early = { recordId: 'R1', usedMs: NOW_MS };
    expect(await store.consume('H1', early)).toMatchObject({ kind: 'ended' });
  });

  it('gives one use to exactly one of all that race for it', async () => {
    const stores = await Promise.all(Array.from({ length: 8 }, open));
    await stores[0]?.openRequest(requestOf('I1'), CAPS);
    const taken = await Promise.all(
      stores.map((store, n) => store.consume('I1', { recordId: `R${n}`, usedMs: NOW_MS })),
    );
    expect(taken.filter(({ kind }) => kind === 'consumed')).toHaveLength(1);
    expect((await stores[0]?.find('I1'))?.used).toHaveLength(1);
  });
}

const SAME = { situation: 'the same', fingerprint: 'the same' };
