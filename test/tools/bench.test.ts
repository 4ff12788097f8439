import { expect, test } from 'vitest'
import { orderOf, quantile, ratioOf } from '../../tools/bench/measure.ts'
import { asJson, asText, type Results } from '../../tools/bench/results.ts'

test('a ratio is the median of its pairs, with the quartiles around it', () => {
  // Half the cost is twice as good; a block that was disturbed for both alike changes nothing.
  expect(ratioOf([10, 20, 10, 10], [20, 40, 20, 30])).toEqual({ median: 2, spread: [2, 2.25] })
  expect(quantile([1, 2, 4], 0.25)).toBe(1.5)
  expect(() => quantile([], 0.5)).toThrow(RangeError)
})

test('in every round each has its turn, and none is always first', () => {
  const orders = [0, 1, 2, 3].map((round) => orderOf(['a', 'b', 'c'], round))
  for (const order of orders) expect(order.toSorted()).toEqual(['a', 'b', 'c'])
  expect(new Set(orders.map(([first]) => first)).size).toBeGreaterThan(1)
})

const results: Results = {
  node: 'v20.19.0',
  pinned: true,
  issuance: {
    es256: {
      ofBareNode: { median: 0.87654, spread: [0.85, 0.9] },
      ofOidcProvider: { median: 3.2, spread: [3, 3.4] },
      microseconds: { bare: 55.04, assay: 62.78, 'oidc-provider': 201 },
    },
  },
  flows: {
    refresh: {
      ofOidcProvider: { median: 2.5, spread: [2.4, 2.6] },
      microseconds: { assay: 300, 'oidc-provider': 750 },
    },
  },
  memory: { bytesPerGrant: 880.6, bytesPerGrantAt: { 10000: 1004, 1000000: 925.1 }, afterExpiry: 1.02 },
  load: {
    scenarios: {
      userinfo: { requestsPerSecond: 600, generatorMicrosPerRequest: 80.55555, ofBareScript: 1.25, spread: [1.2, 1.3] },
    },
    distance: [{ asked: 10, added: 10.61234, p99: 12 }],
  },
}

test('as JSON each ratio is a number, with its spread beside it', () => {
  expect(JSON.parse(asJson(results))).toEqual({
    node: 'v20.19.0',
    pinned: true,
    issuance: {
      es256: {
        ofBareNode: 0.877,
        ofOidcProvider: 3.2,
        spread: { ofBareNode: [0.85, 0.9], ofOidcProvider: [3, 3.4] },
        microseconds: { bare: 55.04, assay: 62.78, 'oidc-provider': 201 },
      },
    },
    flows: {
      refresh: {
        ofOidcProvider: 2.5,
        spread: { ofOidcProvider: [2.4, 2.6] },
        microseconds: { assay: 300, 'oidc-provider': 750 },
      },
    },
    memory: { bytesPerGrant: 881, bytesPerGrantAt: { 10000: 1004, 1000000: 925 }, afterExpiry: 1.02 },
    load: {
      scenarios: {
        userinfo: { requestsPerSecond: 600, generatorMicrosPerRequest: 80.556, ofBareScript: 1.25, spread: [1.2, 1.3] },
      },
      distance: [{ asked: 10, added: 10.612, p99: 12 }],
    },
  })
})

test('as text it fits a terminal of 80 columns, and a part that was not measured is not there', () => {
  const text = asText(results)
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  expect(text).toContain('  of bare node:http  0.88 (0.85 to 0.90)')
  expect(asText({ node: 'v20.19.0', pinned: false })).not.toContain('tokens,')
})
