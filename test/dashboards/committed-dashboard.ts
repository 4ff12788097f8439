import { readFileSync } from 'node:fs'

interface Datasource {
  readonly uid: string
}

export interface CommittedPanel {
  readonly title: string
  readonly description: string
  readonly datasource: Datasource
  readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>
  readonly fieldConfig: { readonly defaults: { readonly unit: string } }
  readonly targets: readonly {
    readonly refId: string
    readonly expr: string
    readonly legendFormat: string
    readonly datasource: Datasource
  }[]
}

type Element =
  | ({ readonly type: 'row' } & Pick<CommittedPanel, 'title'>)
  | ({ readonly type: 'panel' } & CommittedPanel)

/** The dashboard as Grafana gets it. */
export function committedDashboard() {
  const path = new URL('../../dashboards/grafana/assay.json', import.meta.url)
  const dashboard = JSON.parse(readFileSync(path, 'utf8')) as {
    readonly panels: readonly Element[]
    readonly templating: { readonly list: readonly { readonly name: string; readonly query: string }[] }
  }
  const panels = dashboard.panels.flatMap((element) => (element.type === 'row' ? [] : [element]))
  const ofJob = dashboard.templating.list.find(({ name }) => name === 'job')?.query ?? ''
  return {
    rows: dashboard.panels.flatMap(({ type, title }) => (type === 'row' ? [title] : [])),
    panels,
    queries: panels.flatMap((panel) =>
      panel.targets.map(({ expr, legendFormat }) => ({ panel, expr, legend: legendFormat })),
    ),
    /** The series that the choice of servers is made of. */
    jobQuery: /^label_values\((.+), job\)$/.exec(ofJob)?.[1] ?? '',
  }
}
