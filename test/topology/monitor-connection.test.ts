import { describe, expect, it } from 'vitest';
import { connectionOptions, type Target } from '../../src/topology/monitor-connection.js';

const TARGET: Target = {
  server: 'db1',
  host: '10.0.0.1',
  port: 3306,
  user: 'interlock',
  password: 'p',
  tls: { verify: 'none' },
  connectTimeoutMs: 2_000,
};

describe('the monitor connection', () => {
  it('never lets the server ask for a local file', () => {
    expect(connectionOptions(TARGET).flags).toContain('-LOCAL_FILES');
  });

  it('speaks TLS where a CA or a check is configured, and checks as much as that says', () => {
    expect(connectionOptions(TARGET)).not.toHaveProperty('ssl');
    const ssl = (tls: Target['tls']) => connectionOptions({ ...TARGET, tls }).ssl;
    expect(ssl({ verify: 'full', ca: 'PEM' })).toEqual({
      ca: 'PEM',
      rejectUnauthorized: true,
      verifyIdentity: true,
    });
    expect(ssl({ verify: 'ca' })).toEqual({ rejectUnauthorized: true, verifyIdentity: false });
    expect(ssl({ verify: 'none', ca: 'PEM' })).toMatchObject({ rejectUnauthorized: false });
  });
});
