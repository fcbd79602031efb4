import { describe, expect, it } from 'vitest';
import { reachedElsewhere, reachingObjects, tablesIn } from '../../src/catalog/elsewhere.js';
import { readText } from '../../src/sql/statement-facts.js';
import { type Script, scripted } from './scripted.js';

const tables = (engine: string, type = 'BASE TABLE') => [
  { schema: 'app', name: 't', engine, type },
];

async function reached(script: Script): Promise<readonly string[]> {
  const found = await reachedElsewhere(scripted(script), 'db1', [{ schema: 'app', name: 't' }]);
  for (const entry of found) {
    expect(entry).toMatchObject({ server: 'stranger', path: ['db1', 'stranger'], state: 'live' });
  }
  return found.map(({ reason }) => reason);
}

describe('reachingObjects', () => {
  it('has the tables whose rows are lost, not those that are only dropped', () => {
    const of = (sql: string) =>
      reachingObjects(readText(Buffer.from(sql), { database: 'app' }).effects);
    expect(of('TRUNCATE t')).toEqual([{ schema: 'app', name: 't' }]);
    expect(of('DELETE FROM t; UPDATE t SET a = 1')).toEqual([{ schema: 'app', name: 't' }]);
    expect(of('DROP TABLE t')).toEqual([]);
  });
});

describe('reachedElsewhere', () => {
  it('names where the rows are, and no password', async () => {
    const connection = "CONNECTION='mysql://fed:secret@10.0.0.9:3306/app/t'";
    const script = (engine: string, rest: string) => ({
      'information_schema.TABLES': tables(engine),
      'SHOW CREATE TABLE `app`.`t`': [{ 'Create Table': `CREATE TABLE t (a int) ${rest}` }],
      'mysql.servers': [{ host: '10.0.0.7', port: 3307 }],
    });
    expect(await reached(script('FEDERATED', connection))).toEqual([
      'app.t is a FEDERATED table: its rows are on 10.0.0.9:3306',
    ]);
    expect(await reached(script('FEDERATED', "CONNECTION='away/t'"))).toEqual([
      'app.t is a FEDERATED table: its rows are on the server away (10.0.0.7:3307)',
    ]);
    const spider = `COMMENT='wrapper "mysql", host "10.0.0.8", port "3306"'`;
    expect(await reached(script('SPIDER', spider))).toEqual([
      'app.t is a SPIDER table: its rows are on 10.0.0.8:3306',
    ]);
    expect(await reached(script('CONNECT', '`TABLE_TYPE`=CSV `FILE_NAME`=a.csv'))).toEqual([]);
    expect(await reached(script('CONNECT', "`TABLE_TYPE`='MYSQL' `DBNAME`='x'"))).toHaveLength(1);
    expect(await reached(script('InnoDB', ''))).toEqual([]);
  });

  it('counts a table that it may not look at', async () => {
    const script = { 'information_schema.TABLES': tables('FEDERATED'), SHOW: new Error('denied') };
    expect(await reached(script)).toEqual([
      'app.t is a FEDERATED table: its rows are on another server (the monitor account may not see which)',
    ]);
  });

  it('looks through views', async () => {
    const script = {
      "TABLE_NAME = 't'": tables('', 'VIEW'),
      'information_schema.VIEWS': [{ definition: 'select `x`.`far`.`a` AS `a` from `x`.`far`' }],
      "TABLE_NAME = 'far'": [{ schema: 'x', name: 'far', engine: 'FEDERATED', type: 'BASE TABLE' }],
    };
    // The view's own question holds the name of the view too, so it is asked for first.
    const { 'information_schema.VIEWS': views, ...rest } = script;
    expect(await reached({ 'FROM information_schema.VIEWS': views, ...rest })).toHaveLength(1);
  });
});

it('finds the tables of a view as a server shows it', () => {
  expect(tablesIn('select `a`.`t`.`c` AS `c` from (`a`.`t` join `b`.`u``v`)')).toEqual([
    { schema: 'a', name: 't' },
    { schema: 'b', name: 'u`v' },
  ]);
});
