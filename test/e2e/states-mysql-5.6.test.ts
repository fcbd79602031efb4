// Every state of a link on mysql-5.6: a file of its own, so that the lines run side by side.
import { describeStates } from './states.js';

describeStates('mysql-5.6');
