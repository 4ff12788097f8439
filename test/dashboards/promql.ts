import { parser } from '@prometheus-io/lezer-promql'

/** What Grafana puts in the place of its variables. */
export const withVariables = (expr: string, window: string) =>
  expr.replaceAll('$__rate_interval', window).replaceAll('$__range', window).replaceAll('$job', 'assay')

/** The parts of an expression that are no PromQL. */
export function mistakesIn(expr: string): readonly string[] {
  const mistakes: string[] = []
  parser.parse(expr).iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) mistakes.push(`${from}: ${expr.slice(from, Math.max(to, from + 10))}`)
    },
  })
  return mistakes
}

/** The series that an expression asks for: names, and patterns of names. */
export function seriesIn(expr: string): readonly (string | RegExp)[] {
  const series: (string | RegExp)[] = []
  parser.parse(expr).iterate({
    enter: ({ node }) => {
      if (node.name !== 'VectorSelector') return
      const name = node.getChild('Identifier')
      const pattern = /\{__name__=~"([^"]*)"\}/.exec(expr.slice(node.from, node.to))?.[1]
      if (name !== null) series.push(expr.slice(name.from, name.to))
      else series.push(new RegExp(`^(?:${pattern ?? ''})$`))
    },
  })
  return series
}
