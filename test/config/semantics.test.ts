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
