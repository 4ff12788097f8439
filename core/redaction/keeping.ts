import type { Exchange } from '../exchange.ts'
import { beginningOf } from './detached.ts'

/** Of a URL, of the headers of a message together and of its body, so much is kept as evidence, in characters. */
const kept = { url: 4096, headers: 16_384, body: 16_384 }

type Message = NonNullable<Exchange['response']> | Exchange['request']

/**
 * The exchange with what is too long for evidence cut off, and counted. Only what was redacted may be cut: half a secret is
 * no longer known for one.
 */
export function shortened({ request, response, ...rest }: Exchange): Exchange {
  const { url } = request
  const short = shortenedMessage({ ...request, url: beginningOf(url, kept.url) }, url.length - kept.url)
  return { ...rest, request: short, ...(response !== undefined && { response: shortenedMessage(response) }) }
}

function shortenedMessage<M extends Message>(message: M, cut = 0): M {
  let room = kept.headers
  const headers = message.headers.filter(([name, value]) => (room -= name.length + value.length) >= 0)
  const body = message.body && beginningOf(message.body, kept.body)
  const leftOut = Math.max(0, cut) + lengthOf(message) - lengthOf({ headers, body })
  return leftOut === 0 ? message : { ...message, headers, ...(body !== undefined && { body }), leftOut }
}

/** The exchange without all that its first line and its status do not say. */
export function bare({ request, response, ...rest }: Exchange): Exchange {
  const url = beginningOf(request.url, 200)
  return {
    ...rest,
    request: emptied({ ...request, url }, request.url.length - url.length),
    ...(response !== undefined && { response: emptied(response) }),
  }
}

function emptied<M extends Message>(message: M, cut = 0): M {
  const leftOut = cut + (message.leftOut ?? 0) + lengthOf(message)
  if (leftOut === 0) return message
  const body = message.body && beginningOf(message.body, 0)
  return { ...message, headers: [], ...(body !== undefined && { body }), leftOut }
}

/** How much an exchange holds, in characters. */
export const sizeOf = ({ request, response, failure }: Exchange): number =>
  request.url.length + lengthOf(request) + (response === undefined ? 0 : lengthOf(response)) + (failure?.length ?? 0)

const lengthOf = ({
  headers,
  body = '',
}: {
  readonly headers: Message['headers']
  readonly body?: string | undefined
}) => headers.reduce((sum, [name, value]) => sum + name.length + value.length, body.length)
