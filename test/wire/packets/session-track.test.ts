// What the server tells a session that has its state tracked.
import { describe, expect, it } from 'vitest';
import { readSessionTrack } from '../../../src/wire/packets/session-track.js';
import { bytes, text } from '../../support/packets.js';

const UUID = '3e11fa47-71ca-11e1-9e33-c80aa9429562';
const change = (type: number, data: Buffer): Buffer => bytes(type, text(data.toString('latin1')));
const gtids = (set: string): Buffer => change(3, bytes(0, text(set)));
const variables = (...pairs: string[]): Buffer => change(0, bytes(...pairs.map(text)));

describe('a GTID', () => {
  it.each([`${UUID}:981`, `${UUID}:nightly:7`])('is %s, of one transaction', (gtid) => {
    expect(readSessionTrack(gtids(gtid))).toEqual({ gtid });
  });

  it.each([`${UUID}:1-981`, `${UUID}:1:3`, `${UUID}:1,${UUID}:2`, '', 'x'])(
    'is not %s, which may be more than the statement',
    (set) => expect(readSessionTrack(gtids(set))).toEqual({}),
  );

  it('is MariaDB’s last_gtid among its variables', () => {
    const both = bytes(
      variables('autocommit', 'ON', 'last_gtid', '0-1-57'),
      change(1, text('crm')),
    );
    expect(readSessionTrack(both)).toEqual({ gtid: '0-1-57', schema: 'crm' });
    expect(readSessionTrack(variables('last_gtid', ''))).toEqual({});
    expect(readSessionTrack(variables('gtid_executed', `${UUID}:1`))).toEqual({});
  });

  it('that is written down in some other way is left out, and nothing else is', () => {
    const odd = bytes(
      change(3, bytes(1, text('?'))),
      change(3, bytes(0, 0xfe)),
      change(0, bytes(9)),
    );
    expect(readSessionTrack(bytes(odd, change(1, text('crm'))))).toEqual({ schema: 'crm' });
  });
});

it('reads of transactions only what not everybody is told', () => {
  expect(readSessionTrack(change(5, text('T_______')))).toEqual({});
  expect(readSessionTrack(change(5, text('T_R_W___')))).toEqual({ tracksTransactions: true });
  expect(readSessionTrack(change(4, text('')))).toEqual({ tracksTransactions: true });
});
