// Where the cache is and where programs are looked for.
import { describe, expect, it } from 'vitest';
import {
  cacheFolderOf,
  findProgram,
  searchPathOf,
  surroundings,
} from '../../src/lab/surroundings.js';

describe('surroundings', () => {
  it('keeps the cache where INTERLOCK_CACHE says', () => {
    const environment = { INTERLOCK_CACHE: '/c', XDG_CACHE_HOME: '/x' };
    expect(cacheFolderOf(environment, '/home/u')).toBe('/c');
  });

  it('keeps the cache in XDG_CACHE_HOME, else in ~/.cache', () => {
    expect(cacheFolderOf({ XDG_CACHE_HOME: '/x' }, '/home/u')).toBe('/x/interlock');
    expect(cacheFolderOf({ XDG_CACHE_HOME: '' }, '/home/u')).toBe('/home/u/.cache/interlock');
  });

  it('looks in the system folders even when PATH leaves them out', () => {
    const path = searchPathOf({ PATH: '/mine:/usr/bin' });
    expect(path[0]).toBe('/mine');
    expect(path).toContain('/usr/sbin');
    expect(path.filter((folder) => folder === '/usr/bin')).toHaveLength(1);
  });

  it('finds programs, and says when there is none', async () => {
    const { searchPath } = surroundings();
    expect(await findProgram('node-that-nobody-has', searchPath)).toBeUndefined();
    expect(await findProgram('tar', searchPath)).toMatch(/\/tar$/);
  });

  it('keeps temporary folders short enough for a socket path', () => {
    expect(surroundings().temporaryFolder.length).toBeLessThanOrEqual(50);
  });
});
