// The process's own log: pino, one line per event worth reading, JSON for machines and colours on a
// terminal. Never passwords, tokens or statements: those keys are taken out wherever they stand.
import { pino } from 'pino';
import pinoPretty from 'pino-pretty';
import { InterlockError } from '../errors.js';

export type Logger = pino.Logger;

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Keys whose values are never logged, at the top of a line or one or two objects deep. */
const SECRET_KEYS = [
  'password',
  'passwordFile',
  'token',
  'authorization',
  'privateKey',
  'sql',
  'statement',
];

export interface LogOptions {
  /** What LOG_LEVEL says; `info` when it says nothing. */
  readonly level?: string;
  /** For a terminal. */
  readonly pretty: boolean;
  /** Where lines go; standard error if left out, so that standard output stays for results. */
  readonly write?: (line: string) => void;
}

/** A logger whose lines are written before the call returns, so that a crash loses none. */
export function createLogger(options: LogOptions): Logger {
  const paths = SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);
  return pino(
    {
      level: levelOf(options.level),
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths, censor: '[redacted]' },
    },
    destinationOf(options),
  );
}

function levelOf(text: string | undefined): string {
  if (text === undefined || text === '') return 'info';
  const level = LOG_LEVELS.find((name) => name === text.toLowerCase());
  if (level !== undefined) return level;
  const known = LOG_LEVELS.join(', ');
  throw new InterlockError('CONFIG_INVALID', `LOG_LEVEL is "${text}"; it can be ${known}.`);
}

function destinationOf(options: LogOptions): pino.DestinationStream {
  const { write } = options;
  const sink = write === undefined ? pino.destination({ dest: 2, sync: true }) : { write };
  if (!options.pretty) return sink;
  const render = pinoPretty.prettyFactory({ colorize: true, translateTime: 'SYS:HH:MM:ss.l' });
  return { write: (line) => sink.write(render(line)) };
}
