import { virtualUsers, virtualUsersAtMost } from './k6-series.ts'
import { rate, type Row } from './panel.ts'

/** What Node says of its process under these names is told apart from that of others by the job that scrapes it. */
const ofServer = (series: string) => `${series}{job="$job"}`

/** What it costs. */
export const resources: Row = {
  title: 'Resources',
  panels: [
    {
      kind: 'lines',
      title: 'CPU',
      description: 'How many cores the server keeps busy.',
      unit: 'short',
      width: 8,
      queries: [
        { expr: rate(ofServer('process_cpu_user_seconds_total')), legend: 'user' },
        { expr: rate(ofServer('process_cpu_system_seconds_total')), legend: 'system' },
      ],
    },
    {
      kind: 'lines',
      title: 'Event loop lag',
      description:
        'How late the server comes to what it should do now: near saturation it grows before the latency does.',
      unit: 's',
      width: 8,
      queries: [
        { expr: ofServer('nodejs_eventloop_lag_p50_seconds'), legend: 'p50' },
        { expr: ofServer('nodejs_eventloop_lag_p99_seconds'), legend: 'p99' },
      ],
    },
    {
      kind: 'lines',
      title: 'Memory',
      description: 'What the server occupies, and what of it is the heap of JavaScript.',
      unit: 'bytes',
      width: 8,
      queries: [
        { expr: ofServer('process_resident_memory_bytes'), legend: 'resident' },
        { expr: ofServer('nodejs_heap_size_used_bytes'), legend: 'heap used' },
      ],
    },
    {
      kind: 'lines',
      title: 'What the store holds',
      description: 'Entries of each kind, spent and expired ones that are not yet dropped among them.',
      unit: 'short',
      width: 12,
      queries: [{ expr: 'sum by (kind) (assay_store_entries)', legend: '{{kind}}' }],
    },
    {
      kind: 'lines',
      title: 'Virtual users',
      description: 'How many of them k6 has at work, and how many it may have.',
      unit: 'short',
      width: 12,
      queries: [
        { expr: `sum(${virtualUsers})`, legend: 'at work' },
        { expr: `sum(${virtualUsersAtMost})`, legend: 'at most' },
      ],
    },
  ],
}
