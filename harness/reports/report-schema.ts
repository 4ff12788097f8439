import { z } from 'zod'

const text = z.string()
const count = z.int().nonnegative()
/** Null where nothing was measured: JSON has no NaN. */
const measure = z.number().nullable()

const requirement = z.object({
  id: text.meta({ description: 'document/name' }),
  document: text,
  section: text,
  level: z.enum(['MUST', 'MUST NOT', 'SHOULD', 'SHOULD NOT', 'MAY', 'STATES']),
  text: text.meta({ description: 'what the server does, as a clause that follows "the server"' }),
  unobservable: text.exactOptional(),
})

const headers = z.array(z.tuple([text, text]))

const leftOut = count.meta({ description: 'how many characters were sent or came that are not shown here' })

const exchange = z
  .object({
    request: z.object({
      method: text,
      url: text,
      headers,
      body: text.exactOptional(),
      leftOut: leftOut.exactOptional(),
    }),
    response: z
      .object({ status: z.int(), headers, body: text, truncated: z.boolean(), leftOut: leftOut.exactOptional() })
      .exactOptional(),
    failure: text.exactOptional().meta({ description: 'why no answer came' }),
    milliseconds: measure,
  })
  .meta({ description: 'one request and its answer, with every secret replaced by its name' })

const finding = z
  .object({
    fingerprint: text.meta({ description: 'stable over runs: made of requirement, unit and violation' }),
    requirement: text.meta({ description: 'the id of the requirement that broke' }),
    unit: text.meta({ description: 'the id of the unit that noticed' }),
    violation: z.enum([
      'accepted',
      'refused',
      'wrong-error',
      'wrong-status',
      'wrong-header',
      'missing-header',
      'wrong-value',
      'missing-value',
      'malformed',
      'leaked',
      'redirected',
      'crashed',
    ]),
    severity: z.object({ rank: z.enum(['high', 'medium', 'low']), because: text }),
    expected: text,
    actual: text,
    evidence: z.array(exchange),
    counterexample: z.object({ input: text, seed: z.int(), path: text }).exactOptional(),
  })
  .meta({ description: 'a requirement that the target broke, seen by one unit' })

const verdict = z.discriminatedUnion('state', [
  z.object({ state: z.literal('pass') }),
  z.object({ state: z.literal('fail'), findings: z.array(finding).min(1) }),
  z.object({ state: z.literal('inapplicable'), because: text }),
  z.object({ state: z.literal('untestable'), because: text }),
  z.object({ state: z.literal('broken'), error: z.object({ message: text, stack: text.exactOptional() }) }),
])

const outcome = z.object({
  unit: z.object({
    id: text,
    kind: z.enum(['check', 'property', 'invariant']),
    title: text,
    proves: z.array(requirement).min(1),
    needs: z.array(text),
  }),
  verdict,
  milliseconds: measure,
  tried: z
    .object({
      inputs: count,
      requests: count,
      answers: count.meta({ description: 'how many kinds of answer came' }),
      kinds: z.record(text, count).meta({ description: 'how often each kind of input was among them' }),
    })
    .exactOptional()
    .meta({ description: 'what a property has tried' }),
})

const latencies = z.record(text, measure).meta({ description: 'milliseconds by quantile: p50, p95, …' })

const distribution = z
  .object({ count, sum: measure, min: measure, max: measure, buckets: z.array(z.tuple([z.int(), count])) })
  .meta({
    description:
      'all latencies, in milliseconds: pairs of a bucket and how many are in it, where the bucket n ends at 1.01 to the power of n',
  })

const scenario = z.object({
  scenario: text,
  requests: count,
  requestsPerSecond: measure,
  iterations: count,
  droppedIterations: count,
  failures: z.int(),
  throttled: count
    .exactOptional()
    .meta({ description: 'iterations that the target answered with a wish for patience' }),
  heldBack: count.exactOptional().meta({ description: 'iterations that were left out because of such a wish' }),
  latency: latencies,
  distribution: distribution.exactOptional(),
  promises: z.array(z.object({ metric: text, bound: z.number(), actual: measure, kept: z.boolean() })),
  invariants: z.array(z.object({ name: text, observed: count, broken: count })),
})

const moment = z
  .object({
    at: z.number().meta({ description: 'seconds from the start of the load to the end of the while' }),
    rate: measure.meta({ description: 'iterations that ended, a second' }),
    failures: z.int(),
    latency: latencies,
  })
  .meta({ description: 'a while of the load, all scenarios together' })

const generator = z
  .object({
    processes: count,
    processorSeconds: measure.exactOptional().meta({ description: 'of one processor' }),
    busiest: measure.exactOptional().meta({ description: 'the largest share of all processors that it used, of 1' }),
  })
  .meta({ description: 'what the load itself cost' })

/** What reports of version 1.0 do not have may be missing. */
const load = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('measured'),
    engine: text,
    seconds: z.number(),
    scenarios: z.array(scenario),
    regions: z
      .array(z.object({ region: text, scenarios: z.array(scenario) }))
      .exactOptional()
      .meta({ description: 'what each region measured, where the load came from several' }),
    timeline: z.array(moment).exactOptional().meta({ description: 'in the order of time' }),
    generator: generator.exactOptional(),
    warnings: z.array(text),
    samples: z.object({ verified: count, rejected: count }),
  }),
  z.object({ state: z.literal('not-run'), because: text }),
])

/** A report as JSON. Additions raise the minor version, everything else the major one. */
export const reportSchema = z
  .object({
    version: text.regex(/^1\.\d+$/).meta({ description: 'the version of this shape' }),
    tool: z.object({ name: z.literal('assay'), version: text }),
    startedAt: z.iso.datetime(),
    milliseconds: z.number().nonnegative(),
    interrupted: z.boolean(),
    problem: z.object({ code: text, message: text, hint: text }).exactOptional(),
    target: z.object({
      issuer: text,
      file: text.exactOptional(),
      mutant: text.exactOptional(),
      dialect: text.exactOptional(),
      capabilities: z.array(text),
      claims: z.array(text).exactOptional(),
    }),
    seed: z.int(),
    outcomes: z.array(outcome),
    load: load.exactOptional(),
    requirements: z.array(requirement.extend({ title: text, url: text })),
    summary: z.object({
      pass: count,
      fail: count,
      inapplicable: count,
      untestable: count,
      broken: count,
      findings: count,
    }),
  })
  .meta({ description: 'all that a run found' })

/** JSON Schema 2020-12 of a report; `harness/reports/report.schema.json` is its copy. */
export const reportJsonSchema = (): Readonly<Record<string, unknown>> => ({
  $id: 'urn:assay:report',
  title: 'Assay report',
  ...z.toJSONSchema(reportSchema),
})
