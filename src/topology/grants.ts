// How SHOW GRANTS reads. Pure.
import type { Row } from './rows.js';

/** The rights of `GRANT a, b ON *.* TO …` lines; those on single schemas or tables do not count. */
export function rightsIn(grants: readonly Row[]): readonly string[] {
  return grants.flatMap((row) => {
    const [text] = Object.values(row);
    const list = /^GRANT (.+?) ON \*\.\* TO /.exec(String(text))?.[1];
    return list === undefined ? [] : list.split(/,\s*/).map((right) => right.trim().toUpperCase());
  });
}

/** `GRANT `dba`@`%` TO …`: what is granted on nothing is a role. */
export function holdsRoles(grants: readonly Row[]): boolean {
  const texts = grants.map((row) => String(Object.values(row)[0]));
  return texts.some((text) => /^GRANT .+ TO /.test(text) && !/ ON .+ TO /.test(text));
}
