import { expect, it } from 'vitest';
import { monitorTargets } from '../../src/topology/monitor-target.js';
import { loadedConfig } from '../doctor/configuration.js';

const config = loadedConfig();

it('says where and as whom a server is asked, with the password from the environment', () => {
  const certificates = new Map([['db2', 'PEM']]);
  const targetOf = monitorTargets({ config, env: { NOT_READ: 'secret' }, certificates });
  expect(targetOf('db1')).toMatchObject({
    ...{ server: 'db1', host: '10.0.0.1', port: 3306 },
    ...{ user: 'interlock', password: 'secret' },
  });
  expect(targetOf('db1').tls).not.toHaveProperty('ca');
  expect(targetOf('db2').tls).toMatchObject({ ca: 'PEM' });
});

it('knows no server that is not configured, and no password that is not there', () => {
  const targetOf = monitorTargets({ config, env: {}, certificates: new Map() });
  expect(() => targetOf('db9')).toThrow('no server is called db9');
  expect(targetOf('db1').password).toBe('');
});
