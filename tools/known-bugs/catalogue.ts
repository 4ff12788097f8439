import { goBugs } from './go.ts'
import type { KnownBug } from './known-bug.ts'
import { mavenBugs } from './maven.ts'
import { npmBugs } from './npm.ts'
import { pypiBugs } from './pypi.ts'

/** Those whose packages are installed within seconds. */
export const quickBugs: readonly KnownBug[] = [...npmBugs, ...pypiBugs]

/** Those that take a compiler, a runtime of their own or a large download. */
export const heavyBugs: readonly KnownBug[] = [...goBugs, ...mavenBugs]

/** Every one, with its place in the order of the pages. */
export const knownBugs: readonly KnownBug[] = [...quickBugs, ...heavyBugs]
