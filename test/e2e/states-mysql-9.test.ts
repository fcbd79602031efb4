// Every state of a link on mysql-9: a file of its own, so that the lines run side by side.
import { describeStates } from './states.js';

describeStates('mysql-9');
