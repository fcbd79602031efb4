import { describe, expect, it } from 'vitest';
import { parseDurationMs, parseSizeBytes } from '../../src/config/units.js';

describe('units', () => {
  it.each([
    ['0s', 0],
    ['500ms', 500],
    ['1s', 1000],
    ['1.5s', 1500],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['10 s', 10_000],
  ])('reads the duration %s', (text, milliseconds) => {
    expect(parseDurationMs(text)).toBe(milliseconds);
  });

  it.each([
    ['512B', 512],
    ['64KiB', 65_536],
    ['64MiB', 67_108_864],
    ['1GiB', 1_073_741_824],
  ])('reads the size %s', (text, bytes) => {
    expect(parseSizeBytes(text)).toBe(bytes);
  });

  it.each(['1', '', 's', '-1s', '1 second', '1S', '1e3s', '0.0001ms', '1s 2ms', 'constructor'])(
    'does not guess what the duration %s means',
    (text) => {
      expect(parseDurationMs(text)).toBeUndefined();
    },
  );

  it.each(['64', '64MB', '64mib', '64K', 'GiB', '1.3B', '99999999TiB'])(
    'does not guess what the size %s means',
    (text) => {
      expect(parseSizeBytes(text)).toBeUndefined();
    },
  );
});
