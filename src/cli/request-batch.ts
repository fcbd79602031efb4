// `interlock requests batch DUMP`: reads a dump, lists what of it rules leave to people, and opens one
// request for all of that. Nothing of the dump but names of objects leaves this process.
import { basename } from 'node:path';
import { askAdmin, tellAdmin } from '../admin/client.js';
import { needsText } from '../approval/batch.js';
import { type BatchAsk, readBatchAnswer, readDialectAnswer } from '../approval/batch-schema.js';
import { systemClock } from '../clock.js';
import { type DumpList, type ListedStatement, listDump } from '../dump/dump-list.js';
import { configurationOf } from './configuration.js';
import { renderProgress, renderRequest } from './request-view.js';
import { exportRequest, failed } from './requests.js';
import { type CommonOptions, EXIT, type ExitCode, printJson, type Terminal } from './terminal.js';

export interface RequestBatchOptions extends CommonOptions {
  readonly dump: string;
  readonly server: string;
  /** The account that will restore it. */
  readonly user: string;
  readonly client?: string;
  readonly database?: string;
  readonly acceptReach: readonly string[];
  readonly exportTo?: string;
}

export async function requestBatchCommand(
  options: RequestBatchOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const config = configurationOf(options, terminal);
  if (config === undefined) return EXIT.usage;
  const { socket } = config.admin;
  try {
    const server = encodeURIComponent(options.server);
    const dialect = readDialectAnswer(await askAdmin(socket, `/batches/dialect?server=${server}`));
    if (dialect === undefined) {
      terminal.err(`${options.server} has not said yet which version it is; try again soon.\n`);
      return EXIT.unreachable;
    }
    const { dump, database } = options;
    const list = await listDump(dump, { dialect, ...(database && { database }) });
    return tell(await tellAdmin(socket, '/batches', askOf(options, list)), options, terminal);
  } catch (thrown) {
    return failed(thrown, terminal);
  }
}

function askOf(
  { dump, server, user, client, acceptReach }: RequestBatchOptions,
  { bytes, sha256, statements, guarded }: DumpList,
): BatchAsk {
  const name = dump === '-' ? 'standard input' : basename(dump);
  return {
    ...{ server, user, accept: [...acceptReach] },
    ...(client === undefined ? {} : { client }),
    source: { name, bytes, sha256, statements },
    statements: guarded.map(statementOf),
  };
}

function statementOf({ line, count, text, database, effects }: ListedStatement) {
  const told = effects.map(({ effect, verb, objects, deferred, reason }) => ({
    ...{ effect, verb, deferred },
    objects: objects.map(({ schema, name }) => ({
      ...(schema === undefined ? {} : { schema }),
      ...(name === undefined ? {} : { name }),
    })),
    ...(reason === undefined ? {} : { reason }),
  }));
  return {
    ...{ line, count, effects: told },
    ...(database === undefined ? {} : { database }),
    // Its names do not say all of what it does.
    ...(effects.some(needsText) ? { text: text.toString('base64') } : {}),
  };
}

function tell(value: unknown, options: RequestBatchOptions, terminal: Terminal): ExitCode {
  const answer = readBatchAnswer(value);
  if (options.json) printJson(terminal, answer);
  switch (answer.kind) {
    case 'opened': {
      const { view } = answer;
      if (!options.json) {
        terminal.out(`${renderRequest(view, systemClock.now())}\n${renderProgress(view)}`);
      }
      if (options.exportTo !== undefined) exportRequest(view.request, options.exportTo, terminal);
      return EXIT.ok;
    }
    case 'nothing':
      if (!options.json) terminal.out(`No request was opened. ${answer.reason}\n`);
      return EXIT.ok;
    case 'refused':
      if (!options.json) {
        const details = answer.details.map((line) => `  ${line}\n`).join('');
        terminal.err(`No request was opened: ${answer.reason}.\n${details}`);
      }
      return EXIT.notOk;
  }
  return answer satisfies never;
}
