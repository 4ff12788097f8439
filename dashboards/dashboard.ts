import {
  BigValueColorMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common'
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus'
import { PanelBuilder as FigureBuilder } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as LinesBuilder } from '@grafana/grafana-foundation-sdk/timeseries'
import { correctness } from './correctness.ts'
import { latency } from './latency.ts'
import type { Panel, Row } from './panel.ts'
import { resources } from './resources.ts'

const rows: readonly Row[] = [latency, correctness, resources]

/** Whoever looks at the dashboard chooses which Prometheus it asks. */
const datasource = { type: 'prometheus', uid: '${datasource}' }

/** The one dashboard: how long it takes, whether it is right, what it costs. */
export function assayDashboard(): Dashboard {
  const builder = new DashboardBuilder('Assay')
    .uid('assay')
    .description('Load and correctness of an OAuth 2.0 and OpenID Connect server, seen by itself and by k6.')
    .tags(['assay', 'oauth', 'k6'])
    .readonly()
    .refresh('5s')
    .time({ from: 'now-15m', to: 'now' })
    .tooltip(DashboardCursorSync.Crosshair)
    .annotations([])
    .withVariable(new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'))
    .withVariable(
      new QueryVariableBuilder('job')
        .label('Server')
        .datasource(datasource)
        .query('label_values(assay_build_info, job)')
        .refresh(VariableRefresh.OnTimeRangeChanged),
    )
  // An id of 0 is none: Grafana would give another.
  let id = 0
  for (const { title, panels } of rows) {
    builder.withRow(new RowBuilder(title).id((id += 1)))
    for (const panel of panels) builder.withPanel(drawn(panel).id((id += 1)))
  }
  return builder.build()
}

function drawn(panel: Panel): FigureBuilder | LinesBuilder {
  const builder = panel.kind === 'lines' ? lines(panel) : figure()
  builder
    .title(panel.title)
    .description(panel.description)
    .datasource(datasource)
    .span(panel.width)
    .unit(panel.unit)
    .min(0)
    .thresholds(thresholds(panel.wrongFrom))
  for (const [at, { expr, legend }] of panel.queries.entries()) {
    const refId = String.fromCharCode('A'.charCodeAt(0) + at)
    builder.withTarget(
      new DataqueryBuilder().datasource(datasource).refId(refId).expr(expr).legendFormat(legend).range(),
    )
  }
  return builder
}

const figure = () =>
  new FigureBuilder()
    .height(4)
    .colorMode(BigValueColorMode.Background)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))

const lines = ({ wrongFrom }: Panel) =>
  new LinesBuilder()
    .height(8)
    .fillOpacity(10)
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.Table)
        .placement(LegendPlacement.Bottom)
        .calcs(['lastNotNull', 'max']),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi))
    .thresholdsStyle(
      new GraphThresholdsStyleConfigBuilder().mode(
        wrongFrom === undefined ? GraphThresholdsStyleMode.Off : GraphThresholdsStyleMode.DashedAndArea,
      ),
    )

const thresholds = (wrongFrom: number | undefined) =>
  new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([
      { value: null, color: wrongFrom === undefined ? 'text' : 'green' },
      ...(wrongFrom === undefined ? [] : [{ value: wrongFrom, color: 'red' }]),
    ])
