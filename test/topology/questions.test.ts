import { describe, expect, it } from 'vitest';
import { type Learned, questionsFor, versionTestSql } from '../../src/topology/questions.js';

const LEARNED: Learned = {
  dialect: { flavour: 'mysql', version: 90_704 },
  versionText: '9.7.4',
  account: 'interlock@%',
  variables: ['server_id', 'server_uuid'],
  logBin: true,
  wsrep: false,
  groupReplication: false,
};

const keys = (changes: Partial<Learned>) =>
  questionsFor({ ...LEARNED, ...changes }).map(({ key }) => key);

describe('the questions of a round', () => {
  it('ask only for variables that the server has', () => {
    const [first] = questionsFor(LEARNED);
    expect(first?.sql).toBe(
      'SELECT @@GLOBAL.server_id AS server_id, @@GLOBAL.server_uuid AS server_uuid',
    );
  });

  it('are those that the server line knows', () => {
    const always = ['variables', 'channels', 'dumpThreads', 'replicas'];
    const onMysql = ['coordinates', 'consumerUuids', 'failover', 'groupMembers'];
    expect(keys({})).toEqual([...always, ...onMysql]);
    expect(keys({ logBin: false })).not.toContain('coordinates');
    expect(keys({ dialect: { flavour: 'mysql', version: 50_624 } })).toEqual([
      ...always,
      'coordinates',
    ]);
    expect(keys({ dialect: { flavour: 'mariadb', version: 101_119 }, wsrep: true })).toEqual([
      ...always,
      'coordinates',
      'galera',
    ]);
  });

  it('ask for a group’s members always: not to see them matters once there is a group', () => {
    const without = (groupReplication: boolean) =>
      questionsFor({ ...LEARNED, groupReplication }).find(({ key }) => key === 'groupMembers')
        ?.without;
    expect([without(false), without(true)]).toEqual(['poorer', 'blind']);
  });

  it('never leave a server seen when its channels cannot be', () => {
    const channels = questionsFor(LEARNED).find(({ key }) => key === 'channels');
    expect(channels).toMatchObject({ without: 'silent', right: 'REPLICATION CLIENT' });
  });

  it('test a version with a comment that this version and newer ones run', () => {
    expect(versionTestSql(50_624)).toBe('SELECT 0 /*!50624 + 1 */ AS runs');
  });
});
