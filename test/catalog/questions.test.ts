import { expect, it } from 'vitest';
import { showCodeSql, showTableSql } from '../../src/catalog/questions.js';

it('quotes names so that none can be anything but a name', () => {
  expect(showCodeSql('PACKAGE BODY', 'a`b', 'c')).toBe('SHOW CREATE PACKAGE BODY `a``b`.`c`');
  expect(showTableSql('a', '`; DROP TABLE t')).toBe('SHOW CREATE TABLE `a`.```; DROP TABLE t`');
});
