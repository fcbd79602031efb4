// Every state of a link on mariadb-10.11: a file of its own, so that the lines run side by side.
import { describeStates } from './states.js';

describeStates('mariadb-10.11');
