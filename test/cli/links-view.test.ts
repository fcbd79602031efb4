import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { renderLinks } from '../../src/cli/links-view.js';
import { type Picture, STRANGER } from '../../src/topology/snapshot.js';
import { answered, channelFrom, linkOf, mariadb, pictureWith, silent } from '../topology/views.js';

const PLAIN = { color: false, width: 100 };
const NOW_MS = 121_000;

const picture: Picture = pictureWith(
  [
    { ...linkOf('db1', 'db2', 'severed'), threads: [{ threadId: 40 }], sinceMs: 1_000 },
    { ...linkOf('db1', 'replica1', 'live'), channel: channelFrom('db1', { delaySeconds: 60 }) },
    { ...linkOf('db1', STRANGER, 'live'), reason: 'reads\u001B[2J it', threads: [{ threadId: 7 }] },
    { ...linkOf('db2', 'db1', 'armed'), channel: channelFrom('db2') },
    linkOf('db2', 'replica2', 'unknown'),
  ],
  [
    answered('db1', { missingRights: ['PROCESS'], warnings: ['cannot see failover lists'] }),
    mariadb('db2', { versionText: '10.11.19-MariaDB' }),
    answered('replica1', { readOnly: true, passesOn: false }),
    silent('replica2', { reason: 'access-denied', message: 'replica2 refused the login.' }),
  ],
);

describe('the links view', () => {
  const text = renderLinks(picture, NOW_MS, PLAIN);
  const lines = text.split('\n').map((line) => line.replaceAll(/ +/g, ' ').trim());

  it('names every server and what it is', () => {
    const wide = renderLinks(picture, NOW_MS, { color: false, width: 200 }).replaceAll(/ +/g, ' ');
    expect(wide).toContain(
      'db1 10.0.0.1:3306 guarded MySQL 9.7.4, server_id 1, takes writes, passes on what it receives',
    );
    expect(text).toContain('MariaDB 10.11.19, server_id 2');
    expect(text).toContain('read only, passes nothing on');
    expect(text).toContain('SILENT (access-denied)');
  });

  it('says of every link who replicates from whom, in which state, since when', () => {
    expect(lines).toContain(
      'db1 → db2 severed for 2 min db1 to db2; leftover dump thread 40 at the source (KILL 40)',
    );
    expect(lines).toContain('db2 → db1 armed as of now db2 to db1');
    expect(text).toContain('delayed by 60 s (no safety)');
  });

  it('says what a DROP at each guarded server would reach, with the path', () => {
    const drop = lines.slice(lines.findIndex((line) => line.startsWith('A DROP')));
    expect(drop).toContain('db2 → db1 → replica1 armed read only');
    expect(drop.indexOf('db2:')).toBeGreaterThan(drop.indexOf('db1:'));
  });

  it('says how to mend silence, missing rights and strangers', () => {
    expect(lines).toContain('replica2 refused the login.');
    expect(lines).toContain('db1: GRANT PROCESS ON *.* to the monitor account.');
    expect(text).toContain('KILL 7');
  });

  it('draws linked pairs only', () => {
    const graph = lines.slice(lines.indexOf('Graph'), lines.indexOf('Links (source → consumer)'));
    expect(graph).toContain('db2 ╌╌╌▶ db1');
    expect(graph).toContain('db1 ━━━▶ replica1');
    expect(graph.join('\n')).not.toContain('db2 ━━━▶');
    expect(graph.filter((line) => /▶ db2$/.test(line))).toEqual([]);
  });

  it('stays within the width, and lets no server steer the terminal', () => {
    const long = text.split('\n').filter((line) => line.length > PLAIN.width);
    expect(long).toEqual([]);
    expect(text).not.toContain('\u001B');
  });

  it('is the same text with colour, colours taken out', () => {
    const coloured = renderLinks(picture, NOW_MS, { color: true, width: 100 });
    expect(coloured).not.toBe(text);
    expect(stripVTControlCharacters(coloured)).toBe(text);
  });

  it('says so when nothing would be reached', () => {
    const calm = pictureWith([linkOf('db1', 'db2', 'severed')], [answered('db1'), answered('db2')]);
    expect(renderLinks(calm, NOW_MS, PLAIN)).toContain('db1: no other server');
  });
});
