import { describe, expect, it } from 'vitest';
import { Scene } from './scene.js';

describe('handing in a signature', () => {
  it('is refused for what is no token, or for a request of another store', async () => {
    const scene = await Scene.open();
    const other = await Scene.open();
    const elsewhere = await other.request();
    expect(await scene.approvals.submit('hello')).toMatchObject({
      reason: 'it is no token of an approval',
    });
    expect(await scene.say(elsewhere, 'alice')).toMatch(/does not hold/);
    const here = await scene.request();
    expect(here.id).toBe(elsewhere.id);
    expect(await scene.say(elsewhere, 'alice')).toBe('it is for another store of approvals');
    expect(scene.results.filter((result) => result === 'invalid')).toHaveLength(3);
  });

  it('is refused from whoever asks, and from whom nobody asks', async () => {
    const scene = await Scene.open();
    const request = await scene.request();
    expect(await scene.say(request, 'carol')).toMatch(
      /nobody approves what they ask for themselves/,
    );
    expect(await scene.say(request, 'dave')).toMatch(
      /none of the groups asked for \(dba, security\)/,
    );
    expect((await scene.approvals.find('A1'))?.stored.tokens).toEqual([]);
  });

  it('counts each person once, and a denial ends it', async () => {
    const scene = await Scene.open();
    const request = await scene.request();
    expect(await scene.say(request, 'alice')).toBe('taken');
    expect(await scene.say(request, 'alice')).toBe('taken');
    expect((await scene.approvals.find('A1'))?.signatures).toHaveLength(1);
    expect(scene.results).toEqual(['requested', 'approved']);
    expect(await scene.say(request, 'dave', 'deny')).toBe('taken');
    expect(await scene.say(request, 'bob')).toBe('its request was denied');
    expect((await scene.resolve()).approval.note).toContain('A1 was denied by dave.');
  });

  it('takes the word of a new key when the one before was revoked', async () => {
    const scene = await Scene.open();
    const request = await scene.request();
    expect(await scene.say(request, 'alice')).toBe('taken');
    await scene.add('alice', { groups: ['dba'], accounts: ['alice'] });
    expect((await scene.approvals.find('A1'))?.signatures).toEqual([]);
    expect(await scene.say(request, 'alice')).toBe('taken');
    expect(await scene.say(request, 'bob')).toBe('taken');
    expect((await scene.resolve()).kind).toBe('approved');
  });
});
