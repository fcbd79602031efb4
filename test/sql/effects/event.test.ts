import { describe, expect, it } from 'vitest';
import { effectsOf } from '../read-as.js';

describe('ALTER EVENT without a body', () => {
  it.each([
    ['ALTER EVENT e ENABLE', 'later:run-opaque app.e'],
    ['ALTER /**/ DEFINER=`a`@`b` EVENT IF EXISTS `x`.`e` ENABLE', 'later:run-opaque x.e'],
    ['ALTER EVENT e ON SCHEDULE EVERY 1 SECOND', 'later:run-opaque app.e'],
    ['ALTER EVENT e RENAME TO other.e', 'later:run-opaque app.e, other.e'],
    ["ALTER EVENT e ON COMPLETION PRESERVE ENABLE COMMENT 'x'", 'later:run-opaque app.e'],
    ['CREATE PROCEDURE p() ALTER EVENT e ENABLE', 'later:run-opaque app.e'],
    ['BEGIN NOT ATOMIC ALTER EVENT e ENABLE; END', 'later:run-opaque app.e'],
    ['ALTER EVENT e ENABLE; DROP TABLE t', 'drop-table app.t; later:run-opaque app.e'],
  ])('is what the kept body is: %s', (sql, expected) => {
    expect(effectsOf(sql)).toBe(expected);
  });

  it.each([
    'ALTER EVENT e DISABLE',
    'ALTER EVENT e RENAME TO f',
    'ALTER EVENT e RENAME TO app.f DISABLE',
    'ALTER EVENT e DISABLE ON SLAVE',
    "ALTER EVENT e COMMENT 'enable'",
    'ALTER EVENT e ON COMPLETION NOT PRESERVE',
  ])('makes nothing run: %s', (sql) => {
    expect(effectsOf(sql)).toBe('');
  });

  it('is what the new body is where there is one', () => {
    expect(effectsOf('ALTER EVENT e ENABLE DO DROP TABLE t')).toBe('later:drop-table app.t');
    expect(effectsOf('ALTER EVENT e ENABLE DO SELECT 1')).toBe('');
  });
});
