// What stored-code.test.ts starts from: rules, and code of every kind on a server.
export const RULES = `
rules:
  - { id: no-loss, title: Losing rows, owner: dba, verdict: deny,
      match: { effect: [drop-table, truncate-table, delete-unbounded] } }
  - { id: no-opaque, title: What cannot be known, owner: dba, verdict: deny,
      match: { effect: [run-opaque, unreadable] } }
  - { id: no-reach, title: Rows on other servers, owner: dba, verdict: deny,
      match: { effect: [update-unbounded] }, when: { links: linked } }
`;

/** Whoever is slow to answer here is a busy machine, not a broken one. */
export const MORE = ['rules: [./own.yaml]', 'links: { freshness: 1s, deadline: 20s }'];

/** A listing may rest for half a minute after one that took long. */
export const LEARNING_DEADLINE_MS = 60_000;

export const SETUP = [
  'SET GLOBAL log_bin_trust_function_creators = 1',
  'SET GLOBAL max_sp_recursion_depth = 10',
  'CREATE DATABASE app',
  'CREATE DATABASE other',
  'CREATE TABLE app.t (a INT)',
  'CREATE TABLE app.logs (a INT)',
  'CREATE TABLE app.queue (a INT)',
  'CREATE PROCEDURE app.harmless() SELECT a FROM app.t WHERE a = 1',
  'CREATE PROCEDURE app.wipe() TRUNCATE t',
  'CREATE PROCEDURE app.outer_one() CALL middle(1)',
  'CREATE PROCEDURE app.middle(x INT) BEGIN IF x = 1 THEN CALL wipe(); ELSE CALL middle(x + 1); END IF; END',
  'CREATE PROCEDURE app.again_self(x INT) BEGIN IF x > 0 THEN CALL again_self(x - 1); END IF; END',
  'CREATE PROCEDURE app.computed(x TEXT) BEGIN SET @s = x; PREPARE p FROM @s; EXECUTE p; END',
  'CREATE FUNCTION app.purge_logs() RETURNS INT BEGIN DELETE FROM logs; RETURN 1; END',
  'CREATE FUNCTION app.twice() RETURNS INT RETURN purge_logs() + purge_logs()',
  'CREATE FUNCTION app.good() RETURNS INT BEGIN DELETE FROM logs WHERE a = 1; RETURN 1; END',
  'CREATE VIEW app.v AS SELECT app.twice() AS n',
  'CREATE VIEW app.w AS SELECT n FROM app.v',
  'CREATE VIEW app.q AS SELECT a FROM app.queue',
  'CREATE TRIGGER app.tr BEFORE DELETE ON app.queue FOR EACH ROW DELETE FROM app.logs',
];
