/**
 * Numbers as Prometheus reads them (text format, version 0.0.4). No library: some twenty numbers do not carry two packages.
 * The only label is `kind`, from a closed set; so no number can be about a log, a connection or an address.
 */
import type { Counted } from './histogram.ts'

type Words = { readonly name: string; readonly help: string }

export type Metric = Words &
  (
    | { readonly type: 'counter' | 'gauge'; readonly value: number }
    | { readonly type: 'counter' | 'gauge'; readonly kinds: Readonly<Record<string, number>> }
    | { readonly type: 'histogram'; readonly counted: Counted }
  )

export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** One line feed at the end of every line, the last one too. */
export const metricsText = (metrics: readonly Metric[]): string =>
  metrics.flatMap((metric) => [...linesOf(metric), '']).join('\n')

const linesOf = (metric: Metric): readonly string[] => [
  `# HELP ${metric.name} ${metric.help}`,
  `# TYPE ${metric.name} ${metric.type}`,
  ...samplesOf(metric),
]

const samplesOf = (metric: Metric): readonly string[] => {
  const { name } = metric
  if ('kinds' in metric)
    return Object.entries(metric.kinds).map(([kind, value]) => `${name}{kind="${kind}"} ${value}`)
  if ('value' in metric) return [`${name} ${metric.value}`]
  const { upTo, count, sum } = metric.counted
  return [
    ...upTo.map(([bound, below]) => `${name}_bucket{le="${bound}"} ${below}`),
    `${name}_bucket{le="+Inf"} ${count}`,
    `${name}_sum ${sum}`,
    `${name}_count ${count}`,
  ]
}
