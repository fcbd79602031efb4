import { expect, it } from 'vitest';
import { holdsRoles, rightsIn } from '../../src/topology/grants.js';

it('reads rights on everything, and no others', () => {
  const rows = [
    { 'Grants for a@b': 'GRANT PROCESS, REPLICATION CLIENT ON *.* TO `a`@`b`' },
    { x: 'GRANT SELECT, DROP ON `app`.* TO `a`@`b`' },
    { x: "GRANT ALL PRIVILEGES ON *.* TO 'a'@'b' IDENTIFIED BY PASSWORD 'x' WITH GRANT OPTION" },
    { x: 'GRANT CONNECTION_ADMIN,Show_Routine ON *.* TO `a`@`b`' },
  ];
  expect(rightsIn(rows)).toEqual([
    'PROCESS',
    'REPLICATION CLIENT',
    'ALL PRIVILEGES',
    'CONNECTION_ADMIN',
    'SHOW_ROUTINE',
  ]);
});

it('knows a role by what it is granted on: nothing', () => {
  expect(holdsRoles([{ x: 'GRANT `dba`@`%` TO `a`@`b`' }])).toBe(true);
  expect(holdsRoles([{ x: 'GRANT SELECT ON *.* TO `a`@`b`' }])).toBe(false);
});
