import { describe, expect, it } from 'vitest';
import {
  NoAnswer,
  NoServer,
  UnconfirmedCommit,
  UnfitServer,
} from '../../src/approval/control-failure.js';
import { ControlSessions } from '../../src/approval/control-sessions.js';
import { messageOf } from '../../src/errors.js';
import { type ScriptedSession, scripted } from './control-scene.js';

const ADDRESSES = [
  { host: 'c1', port: 1 },
  { host: 'c2', port: 2 },
];
const said = (errno: number): Error => Object.assign(new Error(`error ${errno}`), { errno });

function sessionsOf(open: (host: string) => void = () => undefined) {
  const opened: ScriptedSession[] = [];
  const sessions = new ControlSessions({
    addresses: ADDRESSES,
    open: async ({ host, port }) => {
      open(host);
      const session = scripted(`${host}:${port}`);
      opened.push(session);
      return session;
    },
    reason: messageOf,
  });
  return { sessions, opened };
}

const soon = (): number => performance.now() + 30_000;

describe('the sessions at a control database', () => {
  it('keeps one and uses it again', async () => {
    const { sessions, opened } = sessionsOf();
    for (let n = 0; n < 3; n += 1) {
      expect(await sessions.use(soon(), async ({ address }) => address)).toBe('c1:1');
    }
    expect(opened).toHaveLength(1);
    sessions.close();
    expect(opened[0]?.isDestroyed()).toBe(true);
  });

  it('keeps none that was in use when all were closed', async () => {
    const { sessions, opened } = sessionsOf();
    await sessions.use(soon(), async () => sessions.close());
    expect(opened[0]?.isDestroyed()).toBe(true);
  });

  it('asks again, in the same session, what the server has undone', async () => {
    const { sessions, opened } = sessionsOf();
    let tries = 0;
    const work = async (): Promise<string> => {
      tries += 1;
      if (tries < 4) throw said(1213);
      return 'done';
    };
    expect(await sessions.use(soon(), work)).toBe('done');
    expect(opened.map(({ asked }) => asked)).toEqual([['ROLLBACK', 'ROLLBACK', 'ROLLBACK']]);
  });

  it('goes to another server when one does not answer, and stays there', async () => {
    const { sessions, opened } = sessionsOf();
    const work = async ({ address }: { readonly address: string }): Promise<string> => {
      if (address === 'c1:1') throw new UnfitServer('no answer within 3000 ms');
      return address;
    };
    expect(await sessions.use(soon(), work)).toBe('c2:2');
    expect(await sessions.use(soon(), work)).toBe('c2:2');
    expect(opened.map(({ address }) => address)).toEqual(['c1:1', 'c2:2']);
    expect(opened[0]?.isDestroyed()).toBe(true);
  });

  it('says of each address why it is no use', async () => {
    const { sessions } = sessionsOf((host) => {
      throw new UnfitServer(`${host} is away`);
    });
    const failure = sessions.use(soon(), async () => 'never');
    await expect(failure).rejects.toThrow(
      new NoServer('c1:1: c1 is away; c2:2: c2 is away', false),
    );
  });

  it('asks on, until its deadline, where a server is only slow', async () => {
    let tries = 0;
    const { sessions } = sessionsOf((host) => {
      tries += 1;
      if (host === 'c1') throw new UnfitServer('it is away');
      if (tries < 6) throw new NoAnswer('no answer within 3000 ms');
    });
    expect(await sessions.use(soon(), async ({ address }) => address)).toBe('c2:2');
    expect(tries).toBe(6);
  });

  it('does nothing twice that may be committed', async () => {
    const { sessions, opened } = sessionsOf();
    let tries = 0;
    const failure = sessions.use(soon(), async () => {
      tries += 1;
      throw new UnconfirmedCommit(new Error('gone'));
    });
    await expect(failure).rejects.toThrow(/did not confirm the commit \(gone\)/);
    expect(tries).toBe(1);
    expect(opened[0]?.isDestroyed()).toBe(true);
  });

  it('ends trying at its deadline', async () => {
    const { sessions } = sessionsOf();
    const failure = sessions.use(performance.now(), async () => {
      throw said(1213);
    });
    await expect(failure).rejects.toThrow('error 1213');
  });

  it('lets four in at once, the others in their order, and nobody wait past the deadline', async () => {
    const { sessions, opened } = sessionsOf();
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const works = [0, 1, 2, 3, 4, 5].map((n) =>
      sessions.use(soon(), async () => {
        begun.push(n);
        await new Promise<void>((resolve) => ends.push(resolve));
      }),
    );
    await expect.poll(() => begun).toEqual([0, 1, 2, 3]);
    await expect(sessions.use(performance.now() + 1, async () => 'never')).rejects.toThrow(
      'too many wait for it',
    );
    for (let n = 0; n < works.length; n += 1) {
      await expect.poll(() => ends.length).toBeGreaterThan(n);
      ends[n]?.();
    }
    await Promise.all(works);
    expect(begun).toEqual([0, 1, 2, 3, 4, 5]);
    expect(opened).toHaveLength(4);
  });
});
