import { stringify } from 'yaml'
import { assayDashboard } from './dashboard.ts'
import { alerts, recordings } from './rules.ts'

const yaml = (content: unknown) =>
  `# Made by \`npm run dashboards\`: change dashboards/rules.ts instead.\n${stringify(content, { lineWidth: 0, singleQuote: true })}`

/** Every file that is made of the code here: its path below dashboards/, and its text. */
export const generatedFiles = (): ReadonlyMap<string, string> =>
  new Map([
    ['grafana/assay.json', `${JSON.stringify(assayDashboard(), null, 2)}\n`],
    ['prometheus/alerts.yml', yaml(alerts)],
    ['prometheus/recordings.yml', yaml(recordings)],
  ])
