import { CompactEncrypt } from 'jose';
import { expect, it } from 'vitest';
import { isLocked, lockKey, unlockKey } from '../../src/approval/key-lock.js';

it('opens with its passphrase alone, however its letters were typed', async () => {
  const locked = await lockKey('the key', { passphrase: 'correct h\u00f6rse' });
  expect(locked).not.toContain('the key');
  expect(isLocked(`${locked}\n`)).toBe(true);
  expect(await unlockKey(`${locked}\n`, 'correct ho\u0308rse')).toBe('the key');
  expect(await unlockKey(locked, 'correct horse')).toBeUndefined();
  const [head = '', ...rest] = locked.split('.');
  const changed = [head, ...rest.map((part, at) => (at === 2 ? `A${part.slice(1)}B` : part))];
  expect(await unlockKey(changed.join('.'), 'correct h\u00f6rse')).toBeUndefined();
});

it('takes no other lock for one, and no more work than its own', async () => {
  for (const text of ['', 'x', '{"kty":"OKP"}', 'a.b.c']) expect(isLocked(text)).toBe(false);
  const dear = await new CompactEncrypt(Buffer.from('x'))
    .setProtectedHeader({ alg: 'PBES2-HS256+A128KW', enc: 'A256GCM' })
    .setKeyManagementParameters({ p2c: 1000 })
    .encrypt(Buffer.from('correct horse'));
  expect(isLocked(dear)).toBe(false);
  expect(await unlockKey(dear, 'correct horse')).toBeUndefined();
});
