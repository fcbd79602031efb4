// Names that move, and names that do not.
import { describe, expect, it } from 'vitest';
import { LOOK_PERIOD_MS, systemLookup, Whereabouts } from '../../src/topology/whereabouts.js';

function scene(host = 'db1.example') {
  let nowMs = 0;
  let moves = 0;
  const asked: string[] = [];
  const script: { addresses: readonly string[] | undefined } = { addresses: ['10.0.0.1'] };
  const whereabouts = new Whereabouts({
    host,
    clock: { monotonic: () => nowMs },
    lookup: async (name) => {
      asked.push(name);
      if (script.addresses === undefined) throw new Error('nobody answers');
      return script.addresses;
    },
    moved: () => {
      moves += 1;
    },
  });
  const look = async (addresses?: readonly string[]): Promise<number> => {
    script.addresses = addresses;
    nowMs += LOOK_PERIOD_MS;
    whereabouts.look();
    await new Promise((resolve) => setImmediate(resolve));
    return moves;
  };
  return { look, asked, whereabouts };
}

describe('a name', () => {
  it('has moved when an address that it had is gone', async () => {
    const { look } = scene();
    expect(await look(['10.0.0.1'])).toBe(0);
    expect(await look(['10.0.0.1'])).toBe(0);
    expect(await look(['10.0.0.2', '10.0.0.1'])).toBe(0);
    expect(await look(['10.0.0.1'])).toBe(1);
    expect(await look(['10.0.0.9'])).toBe(2);
  });

  it('that nobody answers for has not moved, and is remembered', async () => {
    const { look } = scene();
    await look(['10.0.0.1']);
    expect(await look(undefined)).toBe(0);
    expect(await look([])).toBe(0);
    expect(await look(['10.0.0.2'])).toBe(1);
  });

  it('is looked up no oftener than it may move, and an address never', async () => {
    const { look, asked, whereabouts } = scene();
    await look(['10.0.0.1']);
    whereabouts.look();
    whereabouts.look();
    expect(asked).toEqual(['db1.example']);
    const address = scene('10.0.0.1');
    await address.look(['10.0.0.1']);
    const six = scene('::1');
    await six.look(['::1']);
    expect([...address.asked, ...six.asked]).toEqual([]);
  });

  it('of this machine is found as connections find it', async () => {
    const ask = systemLookup();
    const [one, other] = await Promise.all([ask('localhost'), ask('localhost')]);
    expect(one).toEqual(other);
    expect(one.some((address) => address === '127.0.0.1' || address === '::1')).toBe(true);
  });
});
