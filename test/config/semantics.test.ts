// The checks across fields; their places and words are load.test.ts's.
import { describe, expect, it } from 'vitest';
import { readFields } from '../../src/config/fields.js';
import { configSchema } from '../../src/config/schema.js';
import { checkConfig } from '../../src/config/semantics.js';
import { readYaml } from '../../src/config/yaml-source.js';

function found(yaml: string): readonly string[] {
  const source = readYaml('i.yaml', yaml);
  if (source.kind === 'broken') throw new Error('broken');
  const read = readFields(configSchema, source.value);
  if (read.kind === 'broken') throw new Error(JSON.stringify(read.errors));
  return checkConfig(read.value, source.value).map(({ message }) => message);
}

describe('checkConfig', () => {
  it('finds nothing in what is right', () => {
    expect(
      found(`servers:
  db1: { address: a, listen: a:0, monitor: { user: i, passwordEnv: PW } }
  db2: { address: b, listen: a:0, monitor: { user: i, passwordFile: p } }
metrics: { listen: a:0 }`),
    ).toEqual([]);
  });

  it('finds sockets and the metrics address that are taken twice', () => {
    expect(
      found(`servers: { db1: { address: a, listen: [x:1, ./s] } }
monitor: { user: i, passwordEnv: PW }
metrics: { listen: x:1 }
admin: { socket: ./s }`),
    ).toEqual([
      'metrics and db1 share the listen address x:1',
      'admin and db1 share the listen address ./s',
    ]);
  });
});

describe('admin.listen', () => {
  const REST = `servers: { db1: { address: a, listen: a:0 } }
monitor: { user: i, passwordEnv: PW }`;
  const PEOPLE = 'approvals: { approvers: ./approvers }';

  it('needs approvers, and a certificate where other machines reach it', () => {
    const certificate = 'tls: { certificate: c, key: k }';
    for (const admin of ['127.0.0.1:9708', '127.9.9.9:0', '[::1]:9708', 'localhost:9708']) {
      expect(found(`${REST}\n${PEOPLE}\nadmin: { listen: '${admin}' }`), admin).toEqual([]);
    }
    for (const listen of ['0.0.0.0:9708', '[::]:9708', '10.0.0.1:9708', 'interlock.example:9708']) {
      const open = `${REST}\n${PEOPLE}\nadmin: { listen: '${listen}' }`;
      expect(found(open), listen).toEqual([
        'admin.listen is open to other machines, and no certificate says to them who this is',
      ]);
      expect(found(`${open}\n${certificate}`), listen).toEqual([]);
      expect(found(open.replace(" }'", "'").replace(/ }$/, `, ${certificate} }`)), listen).toEqual(
        [],
      );
    }
    expect(found(`${REST}\nadmin: { listen: 127.0.0.1:9708 }`)).toEqual([
      'admin.listen answers approvers only, and approvals.approvers names none',
    ]);
  });

  it('is an address of its own, and what belongs to it does nothing without it', () => {
    expect(found(`${REST}\n${PEOPLE}\nadmin: { hosts: interlock.example }`)).toEqual([
      'admin.tls and admin.hosts are for admin.listen, which is not there',
    ]);
    const twice = `${REST}\n${PEOPLE}\nadmin: { listen: localhost:9707 }`;
    expect(found(`${twice}\nmetrics: { listen: localhost:9707 }`)).toEqual([
      'admin and metrics share the listen address localhost:9707',
    ]);
  });
});

describe('the control database of approvals', () => {
  const withStore = (address: string, listen = '0.0.0.0:3307', more = ''): readonly string[] =>
    found(`servers: { db1: { address: 10.0.0.1, listen: '${listen}' } }
monitor: { user: i, passwordEnv: PW }
approvals: { approvers: a, store: { address: ${address}, database: d, user: u, passwordEnv: PW${more} } }`);

  it('is somewhere else', () => {
    expect(withStore('c1')).toEqual([]);
    expect(withStore('[c1, "c2:3307"]')).toEqual([]);
    expect(withStore('"127.0.0.1:3306"')).toEqual([]);
    expect(withStore('"10.0.0.9:3307"', '10.0.0.8:3307')).toEqual([]);
  });

  it.each([
    ['"127.0.0.1:3307"', '0.0.0.0:3307'],
    ['"localhost:3307"', '[::]:3307'],
    ['"localhost:3307"', '127.0.0.1:3307'],
    ['"10.0.0.8:3307"', '10.0.0.8:3307'],
    ['[c1, "[::1]:3307"]', '[::1]:3307'],
  ])('is not reached through Interlock: %s where it listens on %s', (address, listen) => {
    expect(withStore(address, listen)).toEqual([
      expect.stringMatching(
        /^approvals\.store leads through Interlock: .*:3307 is where it listens for db1$/,
      ),
    ]);
  });

  it('had better not be on a server that is guarded', () => {
    expect(withStore('10.0.0.1')).toEqual([
      expect.stringContaining('approvals.store is on db1, which Interlock guards'),
    ]);
  });

  it('is not verified by nobody', () => {
    expect(withStore('c1', '0.0.0.0:3307', ', tls: { verify: full }')).toEqual([
      'approvals.store asks for tls.verify: full, but names no ca to verify with',
    ]);
  });
});
