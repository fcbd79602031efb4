import { expect, it } from 'vitest';
import * as refusals from '../../src/session/login-refusals.js';

const SERVER = { name: 'db1', host: '10.0.0.1', port: 3306 };

it('says who, what and how to mend, within an ERR packet', () => {
  const texts = [
    refusals.noTlsAtServer(SERVER),
    refusals.plainRefused(SERVER),
    refusals.clearTextRefused(SERVER, 'caching_sha2_password'),
    refusals.changeUserRefused(),
    refusals.proxyHeaderRefused(SERVER),
  ];
  for (const text of texts) {
    expect(text).toMatch(/^Interlock/);
    expect(text.length).toBeLessThan(500);
  }
  expect(texts.filter((text) => text.includes('db1'))).toHaveLength(4);
});
