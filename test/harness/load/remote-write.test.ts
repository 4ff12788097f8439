import { describe, expect, test } from 'vitest'
import { remoteWrite } from '../../../harness/load/remote-write.ts'

describe('figures for Prometheus', () => {
  test('go nowhere unless somebody says where to', () => {
    const nowhere = { args: [], environment: {} }
    expect(remoteWrite({})).toEqual(nowhere)
    expect(remoteWrite({ K6_PROMETHEUS_RW_SERVER_URL: '', K6_PROMETHEUS_RW_PUSH_INTERVAL: '1s' })).toEqual(nowhere)
    expect(remoteWrite({ K6_PROMETHEUS_RW_TREND_AS_NATIVE_HISTOGRAM: 'true' })).toEqual(nowhere)
  })

  test('go there with every setting of theirs, and nothing else of the environment', () => {
    const settings = {
      K6_PROMETHEUS_RW_SERVER_URL: 'http://127.0.0.1:9090/api/v1/write',
      K6_PROMETHEUS_RW_TREND_AS_NATIVE_HISTOGRAM: 'true',
      K6_PROMETHEUS_RW_BEARER_TOKEN: 'a token',
    }
    expect(remoteWrite({ ...settings, K6_OUT: 'json=everything.json', AWS_SECRET_ACCESS_KEY: 'a secret' })).toEqual({
      args: ['--out', 'experimental-prometheus-rw'],
      environment: settings,
    })
  })
})
