import type { Dialect } from '../dialect.ts'
import { delayed } from '../stores/delayed.ts'

/** Where a server keeps what it remembers: no document says. */
export const storeDialects: readonly Dialect[] = [
  {
    id: 'slow-store',
    lawful: 'RFC 6749 §4.1.2: a code is used once, wherever that is remembered and however long it takes to ask',
    store: (store) => delayed(store, { upToMs: 4, random: uneven() }),
  },
]

/** Numbers from 0 up to 1 that look random, and are the same for every server (Park and Miller, 1988). */
function uneven() {
  let last = 1
  return () => (last = (last * 16_807) % 2_147_483_647) / 2_147_483_647
}
