import { describe, expect, it } from 'vitest';
import { attributeThreads, type Known, sameIdentity } from '../../src/topology/attribution.js';
import { answered, channelFrom, entryOf, uuidOf } from './views.js';

function known(view: ReturnType<typeof answered>): Known {
  return { entry: entryOf(view.server), view, identity: view.identity };
}

describe('attributeThreads', () => {
  const entries = ['db2', 'db3'].map((name) => ({ consumerUuid: uuidOf(name), host: name }));
  const of = (threads: Parameters<typeof answered>[1]) => {
    const source = answered('db1', threads);
    const consumer = (name: string, sourceUser: string) =>
      known(answered(name, { channels: [channelFrom('db1', { sourceUser })] }));
    const all = [known(source), consumer('db2', 'repl2'), consumer('db3', 'repl3')];
    return attributeThreads(source, all, []);
  };

  it('gives each list entry the thread of its consumer’s account', () => {
    const threads = [
      { threadId: 3, user: 'repl3', host: '10.0.0.50:1' },
      { threadId: 2, user: 'repl2', host: '10.0.0.50:2' },
    ];
    const { byConsumer, strangers } = of({ dumpThreads: [...threads, ...entries] });
    expect(byConsumer.get('db2')).toMatchObject([{ threadId: 2 }]);
    expect(byConsumer.get('db3')).toMatchObject([{ threadId: 3 }]);
    expect(strangers).toEqual([]);
  });

  it('never gives an entry a thread that carries another UUID', () => {
    const threads = [{ threadId: 7, consumerUuid: 'of-nobody', host: '10.0.0.2:1' }];
    const { byConsumer, strangers } = of({ dumpThreads: [...threads, ...entries] });
    expect(byConsumer.get('db2')?.[0]?.threadId).toBeUndefined();
    expect(strangers).toMatchObject([[{ threadId: 7 }]]);
  });
});

describe('sameIdentity', () => {
  it('goes by UUID where both have one, by server id otherwise', () => {
    expect(sameIdentity({ serverId: 1, serverUuid: 'a' }, { serverId: 1, serverUuid: 'b' })).toBe(
      false,
    );
    expect(sameIdentity({ serverId: 1, serverUuid: 'a' }, { serverId: 2, serverUuid: 'a' })).toBe(
      true,
    );
    expect(sameIdentity({ serverId: 1, serverUuid: 'a' }, { serverId: 1 })).toBe(true);
    expect(sameIdentity({ serverId: 1, serverUid: 'x' }, { serverId: 1, serverUid: 'y' })).toBe(
      true,
    );
  });
});
