import { describe, expect, it } from 'vitest';
import { viewOf } from '../../src/admin/request-routes.js';
import { renderProgress, renderRequest, renderRequests } from '../../src/cli/request-view.js';
import { NOW_MS, Scene } from '../approval/scene.js';

describe('a request in words', () => {
  it('says everything that is signed', async () => {
    const scene = await Scene.open();
    const sql = "DROP TABLE app.t; DELETE FROM app.u WHERE 'x'";
    const request = { ...(await scene.request({ sql })), store: 'the-store' };
    expect(renderRequest({ request }, NOW_MS)).toMatchSnapshot();
  });

  it('moves no cursor, whatever the names are', async () => {
    const scene = await Scene.open();
    const request = await scene.request({ sql: 'DROP TABLE app.`\u001b[2J\u202egnp`' });
    const text = renderRequest({ request }, NOW_MS);
    expect(text).toContain('\\x1b[2J\\u{202e}gnp');
    expect(text).not.toContain('\u001b');
  });

  it('hides secrets, and says that there are some', async () => {
    const scene = await Scene.open();
    const sql = "DROP USER a; CREATE USER a IDENTIFIED BY 'hunter2'";
    const text = renderRequest({ request: await scene.request({ sql }) }, NOW_MS);
    expect(text).not.toContain('hunter2');
    expect(text).toContain('*** are secrets');
  });

  it('tells how far it has come', async () => {
    const scene = await Scene.open();
    const request = await scene.request();
    const progress = async () => {
      const found = await scene.approvals.find(request.id);
      return found === undefined ? '' : renderProgress(viewOf(found));
    };
    expect(await progress()).toContain('nobody has approved it yet; missing: 0 of 2');
    expect(renderRequests((await scene.approvals.list()).map(viewOf))).toContain(
      'A1  db2  dba@10.0.0.5',
    );
    await scene.say(request, 'alice');
    await scene.say(request, 'bob');
    expect(await progress()).toContain(
      'approved by alice, bob. Repeat the statement by 2026-11-27 20:10',
    );
    await scene.resolve({}, 'R5');
    expect(await progress()).toContain('used at 2026-11-27 20:00 UTC (record R5)');
    expect(renderRequests([])).toBe('No request for approval is open.\n');
  });
});
