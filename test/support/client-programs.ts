// The drivers that people's programs use, each as a program that walks through one course of
// statements (test/e2e/courses) and prints a JSON line a step. Fetched like the servers are.
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { env, execPath } from 'node:process';
import { fetchTool, fetchTools } from '../../src/lab/fetch.js';
import type { Program } from '../../src/lab/program.js';
import { surroundings } from '../../src/lab/surroundings.js';
import { DBA } from './interlock.js';

export const FETCH = { surroundings: surroundings(), report: () => undefined };

export const DRIVERS = [
  'mysql2',
  'mariadb (npm)',
  'PyMySQL',
  'mysqlclient',
  'DBD::mysql',
  'DBD::MariaDB',
  'mysqli',
  'Connector/J',
] as const;
export type Driver = (typeof DRIVERS)[number];

export interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one course to its end; what it says tells whether it went well. */
export async function walk(
  driver: Driver,
  port: number,
  what: 'course' | 'refusal',
): Promise<readonly (readonly [string, unknown])[]> {
  const { program, name } = await programOf(driver);
  const at = ['127.0.0.1', String(port), DBA.user, DBA.password];
  const { stdout, stderr, code } = await say(program, [name, ...at, what]);
  if (code !== 0) throw new Error(`${driver} ended with ${code}: ${stderr}\n${stdout}`);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

interface Course {
  readonly program: Program;
  /** How the course's own file knows the driver. */
  readonly name: string;
}

async function programOf(driver: Driver): Promise<Course> {
  switch (driver) {
    case 'mysql2':
      return { program: { command: execPath, args: [course('course.mjs')], env }, name: 'mysql2' };
    case 'mariadb (npm)':
      return { program: { command: execPath, args: [course('course.mjs')], env }, name: 'mariadb' };
    case 'PyMySQL':
      return { program: await python(course('course.py')), name: 'pymysql' };
    case 'mysqlclient':
      return { program: await python(course('course.py')), name: 'MySQLdb' };
    case 'DBD::mysql':
      return { program: await perl(course('course.pl')), name: 'mysql' };
    case 'DBD::MariaDB':
      return { program: await perl(course('course.pl')), name: 'MariaDB' };
    case 'mysqli':
      return { program: await php(course('course.php')), name: 'mysqli' };
    case 'Connector/J':
      return { program: await java(course('Course.java')), name: 'mariadb' };
  }
  driver satisfies never;
}

function course(file: string): string {
  return resolve('test/e2e/courses', file);
}

async function python(script: string): Promise<Program> {
  const { folder, program } = await fetchTools('python-clients', FETCH);
  return extended(await program('python3.11'), [script], {
    PYTHONHOME: join(folder, 'usr'),
    PYTHONPATH: join(folder, 'usr/lib/python3/dist-packages'),
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONIOENCODING: 'utf8',
  });
}

/** Perl looks for its own modules where it was built for, unless told by PERL5LIB. */
async function perl(script: string): Promise<Program> {
  const { folder, program } = await fetchTools('perl-clients', FETCH);
  const own = [
    'usr/share/perl5',
    'usr/lib/x86_64-linux-gnu/perl5/5.36',
    'usr/share/perl/5.36',
    'usr/lib/x86_64-linux-gnu/perl/5.36',
    'usr/lib/x86_64-linux-gnu/perl-base',
  ].map((path) => join(folder, path));
  return extended(await program('perl'), [script], { PERL5LIB: own.join(':') });
}

async function php(script: string): Promise<Program> {
  const { folder, program } = await fetchTools('php-clients', FETCH);
  const settings = [
    `extension_dir=${join(folder, 'usr/lib/php/20220829')}`,
    'memory_limit=512M',
    'extension=mysqlnd',
    'extension=mysqli',
  ].flatMap((setting) => ['-d', setting]);
  return extended(await program('php8.2'), ['-n', ...settings, script], {});
}

/** Started from its source: a compiler is part of the runtime. */
async function java(script: string): Promise<Program> {
  const { folder, program } = await fetchTools('java-clients', FETCH);
  const driver = join(folder, 'usr/share/java/mariadb-java-client.jar');
  const small = [
    '-Xmx512m',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-Dfile.encoding=UTF-8',
    '-Dsun.stdout.encoding=UTF-8',
  ];
  return extended(await program('java'), [...small, '-cp', driver, script], {});
}

export async function onlineSchemaChange(): Promise<Program> {
  const { folder } = await fetchTools('perl-clients', FETCH);
  return perl(join(folder, 'usr/bin/pt-online-schema-change'));
}

export async function mydumper(): Promise<{ readonly dump: Program; readonly load: Program }> {
  const { program } = await fetchTools('mydumper', FETCH);
  return { dump: await program('mydumper'), load: await program('myloader') };
}

/** Runs migrations with Go-MySQL-Driver, as gh-ost and most programs written in Go do. */
export function sqlMigrate(): Promise<Program> {
  return fetchTool('sql-migrate', FETCH);
}

export async function sysbench(): Promise<{ readonly program: Program; readonly scripts: string }> {
  const program = await fetchTool('sysbench', FETCH);
  const scripts = join(String(program.args.at(-1)), '../../share/sysbench');
  return { program: extended(program, [], { LUA_PATH: `${scripts}/?.lua` }), scripts };
}

function extended(
  program: Program,
  args: readonly string[],
  more: Readonly<Record<string, string>>,
): Program {
  const { command } = program;
  return { command, args: [...program.args, ...args], env: { ...program.env, ...more } };
}

export function say(program: Program, args: readonly string[], input = ''): Promise<Said> {
  const child = spawn(program.command, [...program.args, ...args], {
    env: { ...program.env },
    timeout: 90_000,
  });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8');
    child[name].on('data', (piece: string) => {
      said[name] += piece;
    });
  }
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => done({ code, ...said }));
  });
}
