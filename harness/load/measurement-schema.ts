import { z } from 'zod'

const text = z.string()
const count = z.int().nonnegative()
/** Null where nothing was measured: JSON has no NaN. */
const measure = z.number().nullable()

/** Every addition keeps the version; whatever else changes raises it. */
const version = z.literal(1).meta({ description: 'the version of this shape' })

const share = z.number().meta({ description: 'of 1: 0.2 is 20 %' })
const rate = z.number().meta({ description: 'iterations begun a second' })
const machine = text.meta({ description: 'what was measured on: figures of another machine say nothing here' })

const pair = z.object({
  values: z
    .record(text, z.tuple([z.number(), z.number()]))
    .meta({ description: 'by metric: what the first side and the second came to' }),
  invalid: text
    .exactOptional()
    .meta({ description: 'why it does not count: something that the generator or the machine did' }),
})

const standing = z.object({
  metric: text,
  verdict: z.enum(['regressed', 'not worse', 'inconclusive']),
  ratio: measure.meta({ description: 'of the second side to the first' }),
  low: measure,
  high: measure.meta({ description: 'with low, what the ratio surely lies within' }),
  medians: z.tuple([measure, measure]),
  pairs: count,
})

/** `comparison.json`. */
export const comparisonSchema = z
  .object({
    schema_version: version,
    assay: text,
    machine,
    first: text,
    second: text,
    margin: share,
    seed: z.int(),
    story: text,
    rate,
    blockSeconds: z.number(),
    pairs: z.array(pair),
    standings: z.array(standing),
    broken: z.array(z.object({ side: z.enum(['first', 'second']), invariant: text, times: count })),
    warnings: z.array(text),
  })
  .meta({ description: 'two servers, pressed in turns, and how the second stands beside the first' })

/** `calibration.json`. */
export const calibrationsSchema = z
  .object({
    schema_version: version,
    calibrations: z.array(
      z.object({
        machine,
        story: text,
        rate,
        blockSeconds: z.number(),
        pairs: count.meta({ description: 'of a comparison that is as sharp as this one says' }),
        margin: share,
        metrics: z.record(
          text,
          z.object({
            falseAlarms: share.meta({ description: 'how often a server was judged worse than itself' }),
            smallest: share
              .exactOptional()
              .meta({ description: 'the smallest slowdown that is seen four times out of five' }),
          }),
        ),
      }),
    ),
  })
  .meta({ description: 'what comparisons of a kind are worth on a machine' })

const step = z
  .object({
    rate,
    achieved: measure.meta({ description: 'iterations that came to their end, a second' }),
    latency: z.record(text, measure).meta({ description: 'milliseconds by quantile: p50, p95, …' }),
    kept: count.meta({ description: 'in how many of the blocks the promise was kept' }),
    blocks: count,
    because: text.exactOptional().meta({ description: 'what broke the promise first' }),
    isGenerator: z.boolean().meta({ description: 'whether it was the generator that could do no more' }),
  })
  .meta({ description: 'what came of one rate' })

/** `capacity.json`. */
export const capacitySchema = z
  .object({
    schema_version: version,
    assay: text,
    issuer: text,
    hold_seconds: z.number(),
    story: text,
    promise: z.record(text, z.number()).meta({ description: 'milliseconds by quantile' }),
    steps: z.array(step).meta({ description: 'in the order in which they were tried' }),
    kept: z.number().meta({ description: 'the promise was kept at this rate; 0 where it was at none' }),
    broken: rate.exactOptional(),
    endedBecause: text.exactOptional().meta({ description: 'why the search ended before it was narrow enough' }),
  })
  .meta({ description: 'the highest rate at which a server keeps its promise' })

const documents = { capacity: capacitySchema, comparison: comparisonSchema, calibration: calibrationsSchema }

/** JSON Schema 2020-12 of each document that a measurement writes, by its name; `harness/load/*.schema.json` are copies. */
export const measurementJsonSchemas = (): Readonly<Record<string, object>> =>
  Object.fromEntries(
    Object.entries(documents).map(([name, schema]) => [
      name,
      { $id: `urn:assay:${name}`, title: `Assay ${name}`, ...z.toJSONSchema(schema) },
    ]),
  )
