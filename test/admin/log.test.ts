// The log: one line an event, no secrets, levels by name.
import { describe, expect, it } from 'vitest';
import { createLogger } from '../../src/admin/log.js';

function capture(options: { level?: string; pretty?: boolean } = {}) {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const { pretty = false, ...rest } = options;
  return { lines, logger: createLogger({ ...rest, pretty, write }) };
}

describe('the log', () => {
  it('is one line of JSON an event', () => {
    const { lines, logger } = capture();
    logger.info({ server: 'db1' }, 'listening');
    expect(lines.length).toBe(1);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      server: 'db1',
      msg: 'listening',
    });
  });

  it.each([true, false])('never shows secrets or statements (pretty: %s)', (pretty) => {
    const { lines, logger } = capture({ pretty });
    const secret = { password: 'hunter2', token: 'hunter2', sql: 'hunter2', statement: 'hunter2' };
    logger.warn({ ...secret, monitor: secret, servers: { db1: secret } }, 'text');
    expect(lines.join('')).not.toContain('hunter2');
    expect(lines.join('')).toContain('[redacted]');
  });

  it('is for people when pretty', () => {
    const { lines, logger } = capture({ pretty: true });
    logger.error('no such file');
    expect(lines.join('')).toMatch(/ERROR.*no such file/);
    expect(lines.join('')).not.toMatch(/^\{/);
  });

  it('takes its level by name, whatever the case', () => {
    const { lines, logger } = capture({ level: 'WARN' });
    logger.info('quiet');
    logger.warn('loud');
    expect(lines.length).toBe(1);
    expect(capture({ level: '' }).logger.level).toBe('info');
  });

  it('refuses a level it does not know and names those it does', () => {
    expect(() => capture({ level: 'verbose' })).toThrow(/LOG_LEVEL is "verbose".*fatal.*trace/);
  });
});
