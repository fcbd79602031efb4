// The tests of a server's own suite, as they lie in its package: which there are, what each needs
// of the server, and which cannot be run against one server that is never restarted in between.
import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Suite {
  /** The folder that holds `main` or `t`, `include` and `std_data`. */
  readonly folder: string;
  /** Where the tests are, inside the folder. */
  readonly tests: string;
}

export interface SuiteTest {
  readonly name: string;
  readonly file: string;
  /** Flags the test wants the server to be started with. */
  readonly serverOptions: readonly string[];
}

export interface LeftOut {
  readonly name: string;
  readonly why: string;
}

export interface Catalogue {
  readonly tests: readonly SuiteTest[];
  readonly leftOut: readonly LeftOut[];
}

/** What a test file or a file it sources says when it needs more than one running server. */
const NEEDS: readonly (readonly [RegExp, string])[] = [
  [/restart_mysqld|shutdown_mysqld|kill_mysqld|start_mysqld|restart_server/, 'restarts the server'],
  [/^\s*-*\s*(shutdown_server|SHUTDOWN\b)/im, 'stops the server'],
  [/(master-slave|rpl_init|rpl_connect)\.inc/, 'needs replicas'],
  [/galera_cluster|have_wsrep/, 'needs a Galera cluster'],
  [/have_debug(_sync)?\.inc/, 'needs a debug build'],
];

/** Other variables than these two name plugins that the runner has looked for. */
const RUNNERS_OWN =
  /^--(timezone|force-restart|skip-core|big-test)|\$(?!\{?MYSQL(_TEST_DIR|TEST_VARDIR))/;

export async function readSuite(suite: Suite): Promise<Catalogue> {
  const folder = join(suite.folder, suite.tests);
  const files = new Set(await readdir(folder));
  const disabled = await readFile(join(folder, 'disabled.def'), 'utf8').catch(() => '');
  const tests: SuiteTest[] = [];
  const leftOut: LeftOut[] = [];
  for (const file of [...files].filter((each) => each.endsWith('.test')).sort()) {
    const name = file.slice(0, -'.test'.length);
    const why = await obstacle(suite, { name, files, disabled });
    if (why !== undefined) leftOut.push({ name, why });
    else tests.push({ name, file: join(folder, file), ...(await options(folder, name)) });
  }
  return { tests, leftOut };
}

async function obstacle(
  suite: Suite,
  test: { readonly name: string; readonly files: Set<string>; readonly disabled: string },
): Promise<string | undefined> {
  const { name, files } = test;
  if (new RegExp(`^${escaped(name)}\\s*:`, 'm').test(test.disabled)) return 'disabled by its suite';
  const own = ['cnf', 'combinations'].find((end) => files.has(`${name}.${end}`));
  if (own !== undefined) return `has a .${own} file of its own`;
  if (['', '-master', '-slave'].some((end) => files.has(`${name}${end}.sh`))) {
    return 'runs a shell script before the server starts';
  }
  if (files.has(`${name}-slave.opt`)) return 'needs replicas';
  const { serverOptions } = await options(join(suite.folder, suite.tests), name);
  const flag = serverOptions.find((each) => RUNNERS_OWN.test(each));
  if (flag !== undefined) return 'has flags that only its own runner understands';
  const text = await sourced(suite, join(suite.folder, suite.tests, `${name}.test`), new Set());
  return NEEDS.find(([pattern]) => pattern.test(text))?.[1];
}

/** The text of a file and of all it sources. */
async function sourced(suite: Suite, file: string, seen: Set<string>): Promise<string> {
  if (seen.has(file)) return '';
  seen.add(file);
  const text = (await readFile(file, 'latin1').catch(() => '')).replace(/^\s*#.*$/gm, '');
  const parts = [text];
  for (const [, name = ''] of text.matchAll(/^\s*(?:--\s*)?source\s+([^\s;]+)/gim)) {
    const found = await firstOf([join(suite.folder, name), join(file, '..', name)]);
    if (found !== undefined) parts.push(await sourced(suite, found, seen));
  }
  return parts.join('\n');
}

async function firstOf(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return undefined;
}

async function options(
  folder: string,
  name: string,
): Promise<{ readonly serverOptions: readonly string[] }> {
  const texts = await Promise.all(
    [`${name}.opt`, `${name}-master.opt`].map((file) =>
      readFile(join(folder, file), 'utf8').catch(() => ''),
    ),
  );
  return { serverOptions: texts.flatMap(flagsIn) };
}

/** Words as a shell would see them: `--init_connect="set @a='b c'"` is one. */
function flagsIn(text: string): readonly string[] {
  const words = text.match(/(?:"(?:\\.|[^"\\])*"|'[^']*'|[^\s"'])+/g) ?? [];
  return words.map((word) =>
    word.replace(/"((?:\\.|[^"\\])*)"|'([^']*)'/g, (_, double?: string, single?: string) =>
      double === undefined ? (single ?? '') : double.replace(/\\(["\\])/g, '$1'),
    ),
  );
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
