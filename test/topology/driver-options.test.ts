import { describe, expect, it } from 'vitest';
import { connectionOptions, type Target } from '../../src/topology/driver-options.js';

const TARGET: Target = {
  server: 'db1',
  host: '10.0.0.1',
  port: 3306,
  user: 'interlock',
  password: 'p',
  tls: { verify: 'none' },
  connectTimeoutMs: 2_000,
};

describe('the options of a connection of Interlock’s own', () => {
  it('never let the server ask for a local file', () => {
    expect(connectionOptions(TARGET).flags).toContain('-LOCAL_FILES');
  });

  it('speak TLS where a CA or a check is configured, and check as much as that says', () => {
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

  // What comes of it is seen with real servers: e2e/monitor-connection.test.ts, e2e/control-session.test.ts.
  it('leave dialling to the driver but where it would compare an address with localhost', () => {
    const full: Target = { ...TARGET, tls: { verify: 'full', ca: 'PEM' } };
    expect(connectionOptions({ ...full, host: 'db1.example' })).not.toHaveProperty('stream');
    expect(connectionOptions(TARGET)).not.toHaveProperty('stream');
    expect(connectionOptions(full)).toMatchObject({ host: '10.0.0.1.', port: 3306 });
    expect(connectionOptions({ ...full, host: '2001:db8::1' }).host).toBe('2001:db8::1.');
  });
});
