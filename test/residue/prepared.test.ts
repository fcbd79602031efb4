import { describe, expect, it } from 'vitest';
import { Prepared } from '../../src/residue/prepared.js';
import { effectOf } from '../policy/facts.js';

const XID = "X'78',X'',1";
const LOSS = {
  effects: [effectOf({ effect: 'delete-unbounded', verb: 'DELETE' })],
  statement: 'DELETE',
};

function preparing(): Prepared {
  const prepared = new Prepared();
  prepared.begin(`XA START ${XID}`);
  prepared.lost(LOSS);
  prepared.end();
  return prepared;
}

describe('what XA has prepared', () => {
  it('is lost by its COMMIT, however much later, and once', () => {
    const prepared = preparing();
    expect(prepared.finishedBy(`XA COMMIT ${XID}`)).toEqual({
      ...LOSS,
      statement: 'XA COMMIT of DELETE',
    });
    expect(prepared.finishedBy(`XA COMMIT ${XID}`)?.effects[0]?.effect).toBe('unreadable');
  });

  it('is not lost by ROLLBACK, nor where it lost nothing', () => {
    expect(preparing().finishedBy(`XA ROLLBACK ${XID}`)).toBeUndefined();
    const harmless = new Prepared();
    harmless.begin(`XA START ${XID} GTID 0-1-5`);
    harmless.end();
    harmless.lost(LOSS);
    expect(harmless.finishedBy(`XA COMMIT ${XID} /* xid=3 */`)).toBeUndefined();
  });

  it('counts as the worst where it was prepared before anything was read', () => {
    const [effect] = new Prepared().finishedBy(`XA COMMIT ${XID}`)?.effects ?? [];
    expect(effect).toMatchObject({ effect: 'unreadable', verb: 'XA COMMIT' });
    expect(new Prepared().finishedBy('COMMIT')).toBeUndefined();
  });
});
