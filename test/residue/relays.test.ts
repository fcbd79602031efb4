// Whose relay logs are read: those of pairs whose source has purged what waits.
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.js';
import { Relays } from '../../src/residue/relays.js';
import { answered, linkOf, pictureWith } from '../topology/views.js';

const PAIR = { source: 'db2', consumer: 'db1' };
const RELAY = { file: 'relay.000002', position: 4 };
const EXECUTED = { file: 'binlog.000001', position: 4 };

function scene() {
  const asked: string[] = [];
  let closed = 0;
  const relays = new Relays({
    clock: systemClock,
    open: (server) => ({
      relayEvents: async ({ file }) => {
        asked.push(`${server} ${file}`);
        return [];
      },
      destroy: () => {
        closed += 1;
      },
    }),
  });
  return { relays, asked, closed: () => closed };
}

function pictureOf(place: { readonly executed?: typeof EXECUTED; readonly relay?: typeof RELAY }) {
  const link = linkOf('db2', 'db1', 'armed');
  const channel = {
    ...{ name: '', sourceHost: '127.0.0.1', sourcePort: 3306, receiving: false, connected: false },
    ...{ applying: false, delaySeconds: 0, filters: [], ...place },
  };
  return pictureWith([{ ...link, channel }], [answered('db1'), answered('db2')]);
}

describe('relay logs', () => {
  it('are read on their consumer, and let go once they matter no more', async () => {
    const { relays, asked, closed } = scene();
    const picture = pictureOf({ executed: EXECUTED, relay: RELAY });
    expect(relays.view(PAIR)).toBeUndefined();
    relays.look(picture, PAIR, true);
    await expect.poll(() => relays.view(PAIR)?.endSeenAtMs).toBeGreaterThan(0);
    expect(asked).toEqual(['db1 relay.000002']);
    relays.look(picture, PAIR, false);
    expect([relays.view(PAIR), closed()]).toEqual([undefined, 1]);
  });

  it('are not where there is no place to run on from', async () => {
    const { relays, asked } = scene();
    await relays.catchUp(pictureOf({ relay: RELAY }), PAIR, systemClock.monotonic() + 1_000);
    await relays.catchUp(pictureOf({ executed: EXECUTED }), PAIR, systemClock.monotonic() + 1_000);
    expect([relays.view(PAIR), asked.length]).toEqual([undefined, 0]);
    relays.stop();
  });
});
