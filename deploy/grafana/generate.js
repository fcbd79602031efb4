// Prints the Grafana dashboard: `node deploy/grafana/generate.js > deploy/grafana/interlock.json`. A
// test holds that the file is what this makes of panels.js, and that no panel asks for a series
// Interlock does not have.
import { ROWS } from './panels.js';

const DATASOURCE = { type: 'prometheus', uid: '$datasource' };
const ROW_HEIGHT = 8;

function panelOf(panel, id, gridPos) {
  const mappings = (panel.mappings ?? []).map(([value, text, color], index) => ({
    type: 'value',
    options: { [value]: { text, color, index } },
  }));
  return {
    id,
    type: panel.type,
    title: panel.title,
    description: panel.description,
    datasource: DATASOURCE,
    gridPos,
    fieldConfig: {
      defaults: {
        unit: panel.unit ?? 'none',
        mappings,
        ...(panel.bars ? { custom: { drawStyle: 'bars', fillOpacity: 80 } } : {}),
      },
      overrides: [],
    },
    options: panel.textMode ? { textMode: panel.textMode } : {},
    targets: panel.queries.map(([expr, legendFormat], index) => ({
      refId: String.fromCharCode(65 + index),
      datasource: DATASOURCE,
      expr,
      legendFormat,
    })),
  };
}

function panels() {
  const made = [];
  let y = 0;
  for (const row of ROWS) {
    made.push({
      id: made.length + 1,
      type: 'row',
      title: row.title,
      collapsed: false,
      gridPos: { x: 0, y, w: 24, h: 1 },
      panels: [],
    });
    y += 1;
    let x = 0;
    for (const panel of row.panels) {
      if (x + panel.width > 24) {
        x = 0;
        y += ROW_HEIGHT;
      }
      const gridPos = { x, y, w: panel.width, h: ROW_HEIGHT };
      made.push(panelOf(panel, made.length + 1, gridPos));
      x += panel.width;
    }
    y += ROW_HEIGHT;
  }
  return made;
}

function chosen(name, label, query) {
  return {
    name,
    label,
    type: 'query',
    datasource: DATASOURCE,
    query: { query, refId: name },
    refresh: 2,
    includeAll: true,
    multi: true,
    current: { text: 'All', value: '$__all' },
  };
}

function dashboard() {
  return {
    uid: 'interlock',
    title: 'Interlock',
    description: 'Who follows whom, what was stopped, and what waits behind a severed link.',
    tags: ['mysql', 'mariadb', 'replication'],
    schemaVersion: 39,
    version: 1,
    editable: true,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    templating: {
      list: [
        { name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus' },
        chosen('instance', 'Interlock', 'label_values(interlock_build_info, instance)'),
        chosen('server', 'Server', 'label_values(interlock_mode{instance=~"$instance"}, server)'),
      ],
    },
    panels: panels(),
  };
}

process.stdout.write(`${JSON.stringify(dashboard(), null, 2)}\n`);
