import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** The next message of a process. Throws where it ends before that. */
export async function toldBy(child: ChildProcess): Promise<unknown> {
  const heard = new AbortController()
  const { signal } = heard
  const end = async () => {
    const [code] = (await once(child, 'exit', { signal })) as [number | null]
    throw new Error(`what is measured ended with ${code}`)
  }
  try {
    const [told] = await Promise.race([once(child, 'message', { signal }), end()])
    return told
  } finally {
    heard.abort()
  }
}
