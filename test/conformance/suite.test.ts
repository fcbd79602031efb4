// Which tests of a suite can be run on one server, and why the others can't.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Catalogue, readSuite } from '../../conformance/suite.js';

const FILES = {
  't/plain.test': 'SELECT 1;\n# source include/master-slave.inc\n',
  't/flags.test': 'SELECT 2;\n',
  't/flags-master.opt': '--sort-buffer-size=1M --local-infile\n',
  't/quoted.test': 'SELECT 2;\n',
  't/quoted.opt': `--init_connect="set @a='a\\\\0c'" --sql_mode='A B'\n--secure-file-priv=""`,
  't/plugin.test': 'SELECT 3;\n',
  't/plugin.opt': '$AUTH_PAM_OPT\n',
  't/own.test': 'SELECT 4;\n',
  't/own.cnf': '[mysqld.1]\n',
  't/restart.test': '--source include/deeper.inc\n',
  't/replica.test': 'source include/master-slave.inc;\n',
  't/broken.test': 'SELECT 5;\n',
  't/disabled.def': '# comment\nbroken : BUG#1 too slow\n',
  'include/deeper.inc': '--source include/restart_mysqld.inc\n',
};

let folder: string;
let catalogue: Catalogue;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'suite-'));
  for (const part of ['t', 'include']) await mkdir(join(folder, part));
  for (const [name, text] of Object.entries(FILES)) await writeFile(join(folder, name), text);
  catalogue = await readSuite({ folder, tests: 't' });
});
afterAll(() => rm(folder, { recursive: true }));

it('runs what needs one server, with the flags it asks for', () => {
  expect(catalogue.tests.map(({ name, serverOptions }) => [name, serverOptions])).toEqual([
    ['flags', ['--sort-buffer-size=1M', '--local-infile']],
    ['plain', []],
    ['quoted', ["--init_connect=set @a='a\\0c'", '--sql_mode=A B', '--secure-file-priv=']],
  ]);
});

it('says of each other test why it is left out', () => {
  expect(Object.fromEntries(catalogue.leftOut.map(({ name, why }) => [name, why]))).toEqual({
    broken: 'disabled by its suite',
    own: 'has a .cnf file of its own',
    plugin: 'has flags that only its own runner understands',
    replica: 'needs replicas',
    restart: 'restarts the server',
  });
});
