// The HAProxy example as HAProxy itself reads it.
import { expect, it } from 'vitest';
import { fetchTool } from '../../src/lab/fetch.js';
import { FETCH, say } from '../support/client-programs.js';

it('is a configuration that HAProxy takes', async () => {
  const haproxy = await fetchTool('haproxy', FETCH);
  const { code, stderr, stdout } = await say(haproxy, ['-c', '-f', 'deploy/haproxy/haproxy.cfg']);
  expect({ code, said: `${stdout}${stderr}` }).toMatchObject({ code: 0 });
  expect(`${stdout}${stderr}`).not.toContain('[WARNING]');
});
