import type { Params } from '../../core/wire/form.ts'
import type { ProtocolClient } from '../../harness/client/protocol-client.ts'
import type { Scope } from './state.ts'

/** The scopes of a grant as they stand on the wire. */
export interface GrantedScope {
  readonly granted: readonly string[]
  /** One that was not granted, where the client may ask for such a one. */
  readonly another: string | undefined
}

const valuesOf = (scope: string) => scope.split(' ').filter((one) => one !== '')

export const grantedScope = (client: ProtocolClient, asked: string, told: unknown): GrantedScope => {
  const granted = valuesOf(typeof told === 'string' ? told : asked)
  return { granted, another: valuesOf(client.account.scope ?? '').find((one) => !granted.includes(one)) }
}

/** The parameter that asks for a scope; nothing where there is no such scope to ask for. */
export function scopeParam({ granted, another }: GrantedScope, scope: Scope | undefined): Params | undefined {
  const [first] = granted
  switch (scope) {
    case undefined:
      return {}
    case 'granted':
      return granted.length === 0 ? undefined : { scope: granted.join(' ') }
    case 'less':
      return first === undefined || granted.length < 2 ? undefined : { scope: first }
    case 'more':
      return another === undefined ? undefined : { scope: [...granted, another].join(' ') }
  }
}

/** What an answer grants: what it tells, or what was asked for where it tells nothing (RFC 6749 §5.1). */
export function scopeTold({ granted }: GrantedScope, told: unknown, asked: Scope | undefined): Scope {
  if (typeof told !== 'string') return asked ?? 'granted'
  const values = valuesOf(told)
  if (values.some((one) => !granted.includes(one))) return 'more'
  return granted.every((one) => values.includes(one)) ? 'granted' : 'less'
}
