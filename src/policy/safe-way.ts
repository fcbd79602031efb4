// What makes a refused statement safe, in plain words and in the words of the very server that
// must be told: which link to sever, how, and why being stopped is not enough. Pure.
import {
  type Link,
  type Picture,
  type ReachEntry,
  type ServerAnswer,
  STRANGER,
} from '../topology/snapshot.js';
import { plainWords } from './message-parts.js';

/** MySQL's first version with the new words; every MariaDB has the old ones. */
const REPLICA_WORDS_SINCE = 80_022;

/** A long form and a short one, for when room is short. */
export interface Advice {
  readonly long: string;
  readonly short: string;
}

/**
 * What to do about the most dangerous of the servers it would reach, and which other links must go
 * the same way. `reach` has at least `worst`.
 */
export function safeWay(
  worst: ReachEntry,
  reach: readonly ReachEntry[],
  picture: Picture | undefined,
): Advice {
  const advice = adviceFor(worst, picture);
  const others = otherLinks(worst, reach);
  return others === '' ? advice : { ...advice, long: `${advice.long} Likewise ${others}.` };
}

/** The other consumers that read from the guarded server itself. */
function otherLinks(worst: ReachEntry, reach: readonly ReachEntry[]): string {
  const named = new Set(reach.map((entry) => entry.path[1] ?? entry.server));
  named.delete(worst.path[1] ?? worst.server);
  const names = [...named].toSorted().map(plainWords);
  return names.length > 2 ? `${names.length} more links` : names.join(' and ');
}

function adviceFor(worst: ReachEntry, picture: Picture | undefined): Advice {
  const consumer = worst.path[1] ?? worst.server;
  if (consumer === STRANGER) return strangerAdvice(worst);
  switch (worst.state) {
    case 'live':
      return severAdvice(consumer, { picture, source: worst.path[0], why: '' });
    case 'armed': {
      const why = 'Stopped is not severed: START or a restart would replay it. ';
      return severAdvice(consumer, { picture, source: worst.path[0], why });
    }
    case 'unknown':
      return unknownAdvice(worst);
    default:
      return worst.state satisfies never;
  }
}

function severAdvice(
  consumer: string,
  at: {
    readonly picture: Picture | undefined;
    readonly source: string | undefined;
    readonly why: string;
  },
): Advice {
  const name = plainWords(consumer);
  const commands = severCommands(consumer, at.picture, at.source);
  return {
    long: `${at.why}To be safe, sever first: on ${name}: ${commands}.`,
    short: `${at.why === '' ? '' : 'Stopped is not severed. '}Sever first on ${name}.`,
  };
}

/** In the words that this server knows. */
function severCommands(
  consumer: string,
  picture: Picture | undefined,
  source: string | undefined,
): string {
  const view = picture?.views.get(consumer);
  const link = picture?.links.find((one) => one.source === source && one.consumer === consumer);
  const channel = channelName(link);
  if (view?.kind !== 'answered') return 'stop its replication and RESET it with ALL';
  return commandsOf(view, channel);
}

/** MySQL's words without FOR CHANNEL end every channel, so the default one is named among others. */
function commandsOf({ flavour, version, channels }: ServerAnswer, channel: string): string {
  if (flavour === 'mariadb') {
    return channel === ''
      ? 'STOP SLAVE; RESET SLAVE ALL'
      : `STOP SLAVE '${channel}'; RESET SLAVE '${channel}' ALL`;
  }
  const word = version >= REPLICA_WORDS_SINCE ? 'REPLICA' : 'SLAVE';
  const isOnly = channel === '' && channels.length <= 1;
  const which = isOnly ? '' : ` FOR CHANNEL '${channel}'`;
  return `STOP ${word}${which}; RESET ${word} ALL${which}`;
}

/** A name that could not be typed as it is shown is left out, and the default channel named. */
function channelName(link: Link | undefined): string {
  const name = link?.channel?.name ?? '';
  return /^[\w.-]+$/.test(name) ? name : '';
}

function unknownAdvice(worst: ReachEntry): Advice {
  const why = plainWords(worst.reason).replace(/\.$/, '');
  return {
    long: `${plainWords(worst.server)} is not known to be severed: ${why}. Mend that, or sever it.`,
    short: 'What is unknown is never safe: see interlock links.',
  };
}

function strangerAdvice(worst: ReachEntry): Advice {
  const why = plainWords(worst.reason).replace(/\.$/, '');
  return {
    long: `A consumer that the configuration does not name reads its binlog (${why}): end it, name it under servers, or under readers if it applies nothing.`,
    short: 'An unnamed consumer reads its binlog: see interlock links.',
  };
}
