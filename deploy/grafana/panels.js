// The panels of the dashboard, by what they answer: one list, from which generate.js makes the file.
const HERE = 'instance=~"$instance"';
const AT = `${HERE}, server=~"$server"`;

/** Rows of panels, top to bottom: `queries` are pairs of expression and legend. */
export const ROWS = [
  {
    title: 'Who follows now',
    panels: [
      {
        title: 'Links that are not severed',
        description: 'What a DROP would reach, or may: 1 armed, 2 live, 3 unknown.',
        type: 'state-timeline',
        width: 16,
        mappings: [
          ['0', 'severed', 'green'],
          ['1', 'armed', 'yellow'],
          ['2', 'live', 'blue'],
          ['3', 'unknown', 'red'],
        ],
        queries: [
          [
            `max by (server, peer) (interlock_link_state{${AT}, state="armed"})` +
              ` + 2 * max by (server, peer) (interlock_link_state{${AT}, state="live"})` +
              ` + 3 * max by (server, peer) (interlock_link_state{${AT}, state="unknown"})`,
            '{{server}} → {{peer}}',
          ],
        ],
      },
      {
        title: 'Destructive events waiting',
        description:
          'In the binary log of a server, not executed by the peer: a relink replays them.',
        type: 'timeseries',
        width: 8,
        unit: 'short',
        queries: [
          [
            `max by (server, peer) (interlock_residue_destructive_events{${AT}})`,
            '{{server}} → {{peer}}',
          ],
        ],
      },
    ],
  },
  {
    title: 'What was judged',
    panels: [
      {
        title: 'Stopped',
        description: 'Refused statements by the rule that decided.',
        type: 'timeseries',
        width: 8,
        unit: 'short',
        bars: true,
        queries: [
          [
            `sum by (server, rule) (increase(interlock_decisions_total{${AT}, mode="enforce", verdict!="permit"}[$__rate_interval]))`,
            '{{server}} {{rule}}',
          ],
        ],
      },
      {
        title: 'Would have been stopped (shadow)',
        description: 'Passed, though a rule in shadow would have refused.',
        type: 'timeseries',
        width: 8,
        unit: 'short',
        bars: true,
        queries: [
          [
            `sum by (server, rule) (increase(interlock_decisions_total{${AT}, mode="shadow", verdict!="permit"}[$__rate_interval]))`,
            '{{server}} {{rule}}',
          ],
        ],
      },
      {
        title: 'Guarded statements by effect',
        description: 'Whatever became of them.',
        type: 'timeseries',
        width: 8,
        unit: 'short',
        bars: true,
        queries: [
          [
            `sum by (effect) (increase(interlock_statements_total{${AT}, effect!="none"}[$__rate_interval]))`,
            '{{effect}}',
          ],
        ],
      },
      {
        title: 'Approvals',
        description: 'Requests, signatures, uses; a replay or a sealed key is worth a question.',
        type: 'timeseries',
        width: 12,
        unit: 'short',
        bars: true,
        queries: [
          [
            `sum by (result) (increase(interlock_approvals_total{${HERE}}[$__rate_interval]))`,
            '{{result}}',
          ],
          [
            `sum by (server) (increase(interlock_break_glass_total{${AT}}[$__rate_interval]))`,
            'sealed key on {{server}}',
          ],
          [`sum(interlock_approval_store_usable{${HERE}} == bool 0)`, 'stores that do not answer'],
        ],
      },
      {
        title: 'Time to a verdict',
        description: 'Of guarded statements, asking the links and writing the record included.',
        type: 'timeseries',
        width: 12,
        unit: 's',
        queries: [
          [
            `histogram_quantile(0.5, sum by (le) (rate(interlock_decision_duration_seconds_bucket{${HERE}}[$__rate_interval])))`,
            'median',
          ],
          [
            `histogram_quantile(0.99, sum by (le) (rate(interlock_decision_duration_seconds_bucket{${HERE}}[$__rate_interval])))`,
            'p99',
          ],
        ],
      },
    ],
  },
  {
    title: 'Traffic',
    panels: [
      {
        title: 'Statements a second',
        description: 'All of them, guarded or not.',
        type: 'timeseries',
        width: 8,
        unit: 'ops',
        queries: [
          [
            `sum by (server) (rate(interlock_statements_total{${AT}}[$__rate_interval]))`,
            '{{server}}',
          ],
        ],
      },
      {
        title: 'Connections',
        description: 'Client sessions through Interlock.',
        type: 'timeseries',
        width: 8,
        unit: 'short',
        queries: [[`sum by (server) (interlock_connections{${AT}})`, '{{server}}']],
      },
      {
        title: 'Sessions around Interlock',
        description: 'On the server, not through Interlock: what they run is not judged.',
        type: 'timeseries',
        width: 8,
        unit: 'short',
        queries: [[`max by (server) (interlock_sessions_around{${AT}})`, '{{server}}']],
      },
    ],
  },
  {
    title: 'Interlock itself',
    panels: [
      {
        title: 'Mode',
        description: 'Enforce refuses; shadow only records.',
        type: 'stat',
        width: 6,
        queries: [[`max by (server, mode) (interlock_mode{${AT}}) == 1`, '{{server}}: {{mode}}']],
        textMode: 'name',
      },
      {
        title: 'Rules on disk are in force',
        description: '0: the last load failed and the set before it stays.',
        type: 'stat',
        width: 6,
        mappings: [
          ['0', 'no', 'red'],
          ['1', 'yes', 'green'],
        ],
        queries: [[`min(interlock_rules_last_reload_successful{${HERE}})`, 'rules']],
      },
      {
        title: 'Audit records a second, and failures',
        description: 'A failure means a refusal: what cannot be recorded does not pass.',
        type: 'timeseries',
        width: 6,
        unit: 'ops',
        queries: [
          [`sum(rate(interlock_audit_records_total{${HERE}}[$__rate_interval]))`, 'written'],
          [`sum(rate(interlock_audit_write_failures_total{${HERE}}[$__rate_interval]))`, 'failed'],
        ],
      },
      {
        title: 'Probes without an answer',
        description: 'By the peer that was asked, and why.',
        type: 'timeseries',
        width: 6,
        unit: 'short',
        queries: [
          [
            `sum by (peer, reason) (increase(interlock_link_probe_failures_total{${AT}}[$__rate_interval]))`,
            '{{peer}} {{reason}}',
          ],
        ],
      },
    ],
  },
];
