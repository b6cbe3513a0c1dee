/** The Prometheus text format (version 0.0.4), written by hand: counters and histograms of requests, and gauges read at scrape time. */

const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

interface Series {
  readonly counts: number[]
  sum: number
  total: number
}

export interface Metrics {
  observe(route: string, method: string, status: number, seconds: number): void
  text(gauges: readonly { readonly name: string; readonly label: string; readonly value: number }[]): string
}

const quote = (text: string): string =>
  `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`

const gaugeLines = (
  gauges: readonly { readonly name: string; readonly label: string; readonly value: number }[],
): string[] => {
  const lines: string[] = []
  for (const [name, own] of Map.groupBy(gauges, (gauge) => gauge.name)) {
    lines.push(`# TYPE jingwei_${name} gauge`)
    for (const { label, value } of own) lines.push(`jingwei_${name}${label ? `{of=${quote(label)}}` : ''} ${value}`)
  }
  return lines
}

export const createMetrics = (): Metrics => {
  const requests = new Map<string, number>()
  const durations = new Map<string, Series>()

  const seriesOf = (route: string): Series => {
    const known = durations.get(route)
    if (known) return known
    const fresh = { counts: buckets.map(() => 0), sum: 0, total: 0 }
    durations.set(route, fresh)
    return fresh
  }

  return {
    observe: (route, method, status, seconds) => {
      const key = `route=${quote(route)},method=${quote(method)},status="${status}"`
      requests.set(key, (requests.get(key) ?? 0) + 1)
      const series = seriesOf(route)
      series.sum += seconds
      series.total++
      for (const [at, bound] of buckets.entries()) if (seconds <= bound) series.counts[at] = series.counts[at]! + 1
    },
    text: (gauges) => {
      const { rss, heapUsed } = process.memoryUsage()
      const lines = ['# TYPE jingwei_http_requests_total counter']
      for (const [labels, value] of requests) lines.push(`jingwei_http_requests_total{${labels}} ${value}`)
      lines.push('# TYPE jingwei_http_request_duration_seconds histogram')
      for (const [route, { counts, sum, total }] of durations) {
        const name = `route=${quote(route)}`
        for (const [at, bound] of buckets.entries())
          lines.push(`jingwei_http_request_duration_seconds_bucket{${name},le="${bound}"} ${counts[at]}`)
        lines.push(`jingwei_http_request_duration_seconds_bucket{${name},le="+Inf"} ${total}`)
        lines.push(
          `jingwei_http_request_duration_seconds_sum{${name}} ${sum}`,
          `jingwei_http_request_duration_seconds_count{${name}} ${total}`,
        )
      }
      const ofProcess = [
        { name: 'process_resident_memory_bytes', label: '', value: rss },
        { name: 'process_heap_used_bytes', label: '', value: heapUsed },
        { name: 'process_uptime_seconds', label: '', value: process.uptime() },
      ]
      return `${[...lines, ...gaugeLines([...ofProcess, ...gauges])].join('\n')}\n`
    },
  }
}
